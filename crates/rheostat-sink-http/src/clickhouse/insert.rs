//! Getting ready to insert into a table.

use rheostat_core::sink::{Failure, Verdict};
use serde_json::Value as Json;

use super::binary;
use super::columns::{Column, Has, Wanted};
use super::ddl::{self, Shape, quoted};
use super::setup::Setup;
use super::trouble;
use super::ty::Ty;
use super::version::Version;
use rheostat_http::{Answer, Call, Client, Query};

/// All that an insert into one table needs.
pub(super) struct Insert<R> {
    /// `INSERT INTO …`
    pub(super) statement: String,
    /// What each body begins with.
    pub(super) header: Vec<u8>,
    /// Makes rows.
    pub(super) rows: R,
}

/// A table as it should be.
pub(super) struct Target<'t> {
    pub(super) table: &'t str,
    pub(super) columns: Vec<Wanted>,
    /// What its rows are sorted by, if it is made.
    pub(super) order: &'static str,
    /// Those without which nothing is written.
    pub(super) needed: Vec<&'t str>,
}

/// Where a column's values come from, and into which types they can go.
pub(super) trait Source: Sized {
    /// Whether a column of that type can be written.
    fn fits(&self, ty: &Ty) -> bool;
    /// What is written last: the rest.
    fn is_rest(&self) -> bool {
        false
    }
}

/// One server while its tables are looked at.
pub(super) struct Prepare<'p> {
    client: &'p Client,
    pub(super) setup: &'p Setup,
}

/// A description of a wide table, and more.
const MOST_DESCRIPTION: usize = 4 << 20;

impl<'p> Prepare<'p> {
    pub(super) fn new(client: &'p Client, setup: &'p Setup) -> Self {
        Self { client, setup }
    }

    /// Asks for the server's version.
    pub(super) async fn version(&self) -> Result<Version, Verdict> {
        let answer = self.ask("SELECT version()").await?;
        let said = answer.reason();
        Version::read(&said).ok_or_else(|| {
            let server = self.client.server();
            let why =
                format!("{server} is no ClickHouse server: asked for its version it said `{said}`");
            Verdict::Misconfigured(Failure::new(why))
        })
    }

    /// Sends a body with a query.
    pub(super) async fn post(&self, query: Query, body: Vec<u8>) -> Result<Answer, Verdict> {
        let mut call = Call::post(query.as_str(), "application/octet-stream", body);
        call.most = MOST_DESCRIPTION;
        self.client.send(call).await
    }

    /// Runs a statement and wants it to succeed.
    async fn ask(&self, sql: &str) -> Result<Answer, Verdict> {
        let answer = self.post(Query::of("/"), sql.as_bytes().to_vec()).await?;
        match trouble::verdict(&answer) {
            // There is no batch in it, so it is no batch that is refused.
            Some(Verdict::RefusedWhole(why)) => Err(Verdict::Misconfigured(why)),
            Some(verdict) => Err(verdict),
            None => Ok(answer),
        }
    }

    /// Makes the table if asked to, and finds out what to write into it.
    pub(super) async fn insert<S: Source, R>(
        &self,
        target: Target<'_>,
        version: Version,
        source: impl Fn(&str) -> Option<S>,
        rows: impl FnOnce(Vec<Column<S>>) -> R,
    ) -> Result<Insert<R>, Verdict> {
        let table = format!("{}.{}", quoted(&self.setup.database), quoted(target.table));
        let has = self.columns(&table, &target, version).await?;
        let mut columns = Vec::new();
        for column in has {
            let Some(source) = source(&column.name) else {
                continue;
            };
            let ty = Ty::parse(&column.written).filter(|ty| source.fits(ty));
            let Some(ty) = ty else {
                let (name, written) = (&column.name, &column.written);
                let why =
                    format!("cannot write the column `{name}` of {table}: its type is {written}");
                return Err(Verdict::Misconfigured(Failure::new(why)));
            };
            columns.push((column, Column { source, ty }));
        }
        columns.sort_by_key(|(_, column)| column.source.is_rest());
        let (has, columns): (Vec<Has>, Vec<Column<S>>) = columns.into_iter().unzip();
        Ok(Insert {
            statement: statement(&table, &has, version),
            header: header(&has, version),
            rows: rows(columns),
        })
    }

    /// The columns of a table that is there, or is by now.
    async fn columns(
        &self,
        table: &str,
        target: &Target<'_>,
        version: Version,
    ) -> Result<Vec<Has>, Verdict> {
        let mut has = self.describe(target.table).await?;
        if self.setup.create && has.is_empty() {
            self.create(table, target, version).await?;
            has = self.describe(target.table).await?;
        }
        if has.is_empty() {
            let why = format!(
                "{} has no table {table}; `create = true` makes it",
                self.client.server()
            );
            return Err(Verdict::Misconfigured(Failure::new(why)));
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
            [first, ..] => {
                let why =
                    format!("the table {table} has no column `{first}`; `create = true` adds it");
                Err(Verdict::Misconfigured(Failure::new(why)))
            }
        }
    }

    async fn create(
        &self,
        table: &str,
        target: &Target<'_>,
        version: Version,
    ) -> Result<(), Verdict> {
        if self.setup.database != "default" {
            let database = quoted(&self.setup.database);
            self.ask(&format!("CREATE DATABASE IF NOT EXISTS {database}"))
                .await?;
        }
        let shape = Shape {
            table,
            order: target.order,
            ttl: self.setup.ttl,
        };
        let sql = ddl::create(&shape, &target.columns, version);
        self.ask(&sql).await.map(drop)
    }

    async fn add(&self, table: &str, target: &Target<'_>, name: &str) -> Result<(), Verdict> {
        let Some(column) = target.columns.iter().find(|column| column.name == name) else {
            return Ok(());
        };
        let sql = ddl::add_column(table, column);
        let answer = self.post(Query::of("/"), sql.into_bytes()).await?;
        if trouble::is_there_already(&answer) {
            // Another program was faster.
            return Ok(());
        }
        trouble::verdict(&answer).map_or(Ok(()), Err)
    }

    async fn describe(&self, table: &str) -> Result<Vec<Has>, Verdict> {
        let sql = ddl::describe(&self.setup.database, table);
        let answer = self.ask(&sql).await?;
        let cannot = || {
            let why = format!(
                "cannot read how {} describes its tables",
                self.client.server()
            );
            Verdict::retry(Failure::new(why))
        };
        let json: Json = serde_json::from_slice(answer.body()).map_err(|_| cannot())?;
        let rows = json["data"].as_array().ok_or_else(cannot)?;
        Ok(rows
            .iter()
            .filter_map(|row| {
                Some(Has {
                    name: row[0].as_str()?.to_owned(),
                    written: row[1].as_str()?.to_owned(),
                })
            })
            .collect())
    }
}

fn statement(table: &str, has: &[Has], version: Version) -> String {
    let names: Vec<String> = has.iter().map(|has| quoted(&has.name)).collect();
    let format = if version.is_of_this_decade() {
        "RowBinaryWithNamesAndTypes"
    } else {
        "RowBinary"
    };
    format!("INSERT INTO {table} ({}) FORMAT {format}", names.join(", "))
}

/// The names and types of what follows, for the server to compare with the
/// table: somebody may have changed it since it was described.
fn header(has: &[Has], version: Version) -> Vec<u8> {
    let mut out = Vec::new();
    if version.is_of_this_decade() {
        binary::length(has.len(), &mut out);
        has.iter().for_each(|has| binary::text(&has.name, &mut out));
        has.iter()
            .for_each(|has| binary::text(&has.written, &mut out));
    }
    out
}
