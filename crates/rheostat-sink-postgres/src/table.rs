//! Finding out what to write into a table, or making it.

use std::time::Duration;

use rheostat_core::sink::{Failure, Verdict};
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::ddl;
use crate::dialect::Dialect;
use crate::plan::{Column, Plan, Source, Target};
use crate::setup::Setup;
use crate::trouble;
use crate::ty::Ty;

/// A server while its tables are looked at.
pub(crate) struct Tables<'t> {
    pub(crate) client: &'t Client,
    pub(crate) setup: &'t Setup,
    /// The server, for people.
    pub(crate) shown: &'t str,
    /// How long a change of a table may take.
    pub(crate) limit: Duration,
}

/// A column that a table has.
struct Has {
    name: String,
    /// As the server writes it.
    written: String,
    /// It is not null and has no default.
    must: bool,
    /// The server fills it where nothing is written.
    fills: bool,
    /// An index begins with it.
    leads: bool,
}

impl Has {
    /// Whether rows are found by their time, which has to be kept to the microsecond.
    fn finds_moments(&self) -> bool {
        let is_whole = ["timestamp with time zone", "timestamp without time zone"];
        self.name == "time" && self.leads && is_whole.contains(&&*self.written)
    }

    /// Whether it holds our numbers of rows.
    fn is_id(&self) -> bool {
        self.name == "id" && Ty::parse(&self.written) == Ty::Text(None)
    }
}

impl Tables<'_> {
    /// Makes the table if asked to, and finds out what to write into it.
    pub(crate) async fn plan<S: Source>(&self, target: &Target<'_>) -> Result<Plan<S>, Verdict> {
        let table = ddl::name(self.setup, target.table);
        let has = self.columns(&table, target).await?;
        let finds_again = has.iter().any(Has::finds_moments) && has.iter().any(Has::is_id);
        let mut columns = Vec::new();
        for has in has {
            let (name, written) = (&has.name, &has.written);
            let cannot = |why: String| Err(Verdict::Misconfigured(Failure::new(why)));
            let Some(source) = S::named(name, &self.setup.columns) else {
                if has.must {
                    return cannot(format!(
                        "the column `{name}` of {table} has to be written, and nothing is written into it: \
                         it needs a default, or a field in `columns`"
                    ));
                }
                continue;
            };
            let ty = Ty::parse(written);
            if !source.fits(&ty) {
                // Such as an `id` that counts: it only has the name of one of ours.
                if has.fills {
                    continue;
                }
                return cannot(format!(
                    "cannot write the column `{name}` of {table}: its type is {written}"
                ));
            }
            let name = has.name;
            columns.push(Column { name, source, ty });
        }
        if columns.is_empty() {
            let why = format!("the table {table} has none of the columns that are written");
            return Err(Verdict::Misconfigured(Failure::new(why)));
        }
        columns.sort_by_key(|column| column.source.is_rest());
        Ok(Plan {
            table,
            columns,
            finds_again,
        })
    }

    /// The columns of a table that is there, or is by now.
    async fn columns(&self, table: &str, target: &Target<'_>) -> Result<Vec<Has>, Verdict> {
        let mut has = self.describe(target.table).await?;
        if self.setup.create && has.is_empty() {
            self.create(table, target).await?;
            has = self.describe(target.table).await?;
        }
        if has.is_empty() {
            return Err(Verdict::Misconfigured(Failure::new(format!(
                "{} has no table {table}; `create = true` makes it",
                self.shown
            ))));
        }
        let missing = |has: &[Has]| -> Vec<String> {
            let is_there = |name: &str| has.iter().any(|has| has.name == name);
            let missing = target.needed.iter().filter(|name| !is_there(name));
            missing.map(|name| (*name).to_owned()).collect()
        };
        if self.setup.create && !missing(&has).is_empty() {
            for name in missing(&has) {
                self.add(table, target, &name).await?;
            }
            has = self.describe(target.table).await?;
        }
        match missing(&has).as_slice() {
            [] => Ok(has),
            [first, ..] => Err(Verdict::Misconfigured(Failure::new(format!(
                "the table {table} has no column `{first}`; `create = true` adds it"
            )))),
        }
    }

    async fn create(&self, table: &str, target: &Target<'_>) -> Result<(), Verdict> {
        let mut all = ddl::create(self.setup, target);
        // Who may not make a schema may still use one that is there.
        if let (Dialect::Postgres, Some(schema)) = (self.setup.dialect, &self.setup.schema) {
            let found = self.client.simple_query(&ddl::has_schema(schema)).await;
            let found = found.map_err(|error| self.cannot("look for the schema", &error))?;
            if rows(&found).next().is_some() {
                all.remove(0);
            }
        }
        self.change(&all, &format!("make the table {table}")).await
    }

    async fn add(&self, table: &str, target: &Target<'_>, name: &str) -> Result<(), Verdict> {
        let mut found = target.columns.iter().filter(|(column, _)| *column == name);
        let Some((column, ty)) = found.next() else {
            return Ok(());
        };
        let sql = ddl::add_column(table, column, ty);
        let what = format!("add the column `{name}` to {table}");
        self.change(&[sql], &what).await
    }

    /// Runs statements, all of them or none where the server can: a table that is
    /// there is taken for finished.
    async fn change(&self, statements: &[String], what: &str) -> Result<(), Verdict> {
        let mut sql = statements.join("; ");
        if self.setup.dialect == Dialect::Postgres {
            // One that waits for a lock would hear neither of our patience nor of our end,
            // and keep everybody who came after it from the table.
            let limit = self.limit.as_millis().max(1);
            sql = format!("BEGIN; SET LOCAL statement_timeout = {limit}; {sql}; COMMIT");
        }
        let Err(error) = self.client.batch_execute(&sql).await else {
            return Ok(());
        };
        if self.setup.dialect == Dialect::Postgres {
            // The connection is in a failed transaction until it is told so.
            let _failed_before = self.client.batch_execute("ROLLBACK").await;
        }
        if trouble::is_there_already(&error) {
            // Another program was faster.
            return Ok(());
        }
        Err(self.cannot(what, &error))
    }

    async fn describe(&self, table: &str) -> Result<Vec<Has>, Verdict> {
        let sql = ddl::describe(self.setup, table);
        let answer = self.client.simple_query(&sql).await;
        let answer = answer.map_err(|error| self.cannot("look at the table", &error))?;
        let all = rows(&answer).filter_map(|row| {
            Some(Has {
                name: row.get(0)?.to_owned(),
                written: row.get(1)?.to_owned(),
                must: row.get(2) == Some("t"),
                leads: row.get(3) == Some("t"),
                fills: row.get(4) == Some("t"),
            })
        });
        // CrateDB lists what is inside of objects, too.
        Ok(all.filter(|has| !has.name.contains('[')).collect())
    }

    fn cannot(&self, what: &str, error: &tokio_postgres::Error) -> Verdict {
        trouble::without_batch(format!("cannot {what} on {}", self.shown), error)
    }
}

/// The rows of an answer.
pub(crate) fn rows(
    answer: &[SimpleQueryMessage],
) -> impl Iterator<Item = &tokio_postgres::SimpleQueryRow> {
    answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    })
}
