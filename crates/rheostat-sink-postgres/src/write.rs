//! Rows on their way into a table.

use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::SinkExt as _;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};
use tokio_postgres::{Client, Error};

use crate::batch::Rows;
use crate::cells::Cells;
use crate::dialect::Dialect;
use crate::known;
use crate::plan::Plan;

/// The most parameters that a statement may have.
const MOST_PARAMETERS: usize = 32_767;

/// How much is handed to the connection at once.
const PIECE: usize = 256 << 10;

/// What is written, and what of it is not.
pub(crate) struct Attempt<'a, R> {
    pub(crate) rows: &'a R,
    /// Rows that are left out, by their `id`.
    pub(crate) but: HashSet<String>,
    /// Whether an earlier attempt may have been taken though nobody said so.
    pub(crate) may_be_there: bool,
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// Begins a transaction in which the same rows are written by nobody else, and
/// copies them. Gives whether there is something to commit.
pub(crate) async fn copy<R: Rows>(
    client: &Client,
    plan: &Plan<R::Source>,
    attempt: Attempt<'_, R>,
) -> Result<bool, Error> {
    let Attempt {
        rows,
        mut but,
        may_be_there,
        limit,
    } = attempt;
    // The server does not work longer for a batch than we wait, and what an earlier
    // attempt left unfinished is over by then, too.
    let limit = limit.as_millis().max(1);
    let mut begin = format!(
        "BEGIN; SET LOCAL statement_timeout = {limit}; \
         SET LOCAL idle_in_transaction_session_timeout = {limit}"
    );
    if plan.finds_again {
        // An attempt that we gave up may be under way there still.
        for lock in rows.locks() {
            begin.push_str(&format!(
                "; SELECT pg_catalog.pg_advisory_xact_lock({lock})"
            ));
        }
    }
    client.batch_execute(&begin).await?;
    if plan.finds_again && may_be_there {
        but.extend(known::ask(client, &plan.table, rows).await?);
    }
    let mut cells = Cells::copy(rows.size());
    rows.encode(plan, Dialect::Postgres, &but, &mut cells);
    if cells.rows() == 0 {
        return Ok(false);
    }
    let statement = format!("COPY {} ({}) FROM STDIN", plan.table, plan.names());
    let mut sink = pin!(client.copy_in::<_, Bytes>(&statement).await?);
    let mut left = cells.into_bytes();
    while !left.is_empty() {
        let piece = left.split_to(left.len().min(PIECE));
        // Where the server refuses a row it hears no more, and `finish` says why.
        if sink.send(piece).await.is_err() {
            break;
        }
    }
    sink.finish().await?;
    Ok(true)
}

/// Inserts rows by statements of many, each a transaction of its own; those with
/// an `id` that is there already are left out.
pub(crate) async fn insert<R: Rows>(
    client: &Client,
    plan: &Plan<R::Source>,
    attempt: Attempt<'_, R>,
) -> Result<(), Error> {
    let mut cells = Cells::apart();
    let Attempt { rows, but, .. } = attempt;
    rows.encode(plan, Dialect::CrateDb, &but, &mut cells);
    let width = plan.columns.len();
    let texts: Vec<Text<'_>> = cells.texts().map(Text).collect();
    let most = (MOST_PARAMETERS / width.max(1)).max(1) * width;
    let mut prepared = None;
    for some in texts.chunks(most.max(1)) {
        let statement = match prepared.take() {
            Some((length, statement)) if length == some.len() => statement,
            _ => client.prepare(&values(plan, some.len() / width)).await?,
        };
        client.execute_raw(&statement, some).await?;
        prepared = Some((some.len(), statement));
    }
    Ok(())
}

fn values<S>(plan: &Plan<S>, rows: usize) -> String {
    let width = plan.columns.len();
    let row = |row: usize| {
        let numbers = (1..=width).map(|column| format!("${}", row * width + column));
        format!("({})", numbers.collect::<Vec<_>>().join(", "))
    };
    let all: Vec<String> = (0..rows).map(row).collect();
    format!(
        "INSERT INTO {} ({}) VALUES {} ON CONFLICT DO NOTHING",
        plan.table,
        plan.names(),
        all.join(", ")
    )
}

/// A parameter as text, whatever its type is: the server reads it.
#[derive(Debug)]
struct Text<'t>(Option<&'t [u8]>);

impl ToSql for Text<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Some(text) => {
                out.put_slice(text);
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }
}
