//! The sink: a connection, tables found or made once, then a transaction for each batch.

use std::collections::HashSet;

use rheostat_core::internal::{self, Notice};
use rheostat_core::sink::{Answer, Batch, Report, Sink, Verdict};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::{Client, Error};

use crate::batch::Rows;
use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::options::Options;
use crate::plan::Plan;
use crate::setup::Setup;
use crate::table::Tables;
use crate::trouble;
use crate::write::{self, Attempt};

/// `type = "postgres"`
pub(crate) struct Postgres {
    options: Options,
    setup: Setup,
    connection: Option<Connection>,
    doubts: Doubts,
}

/// Whether what was sent last may be there though nobody said so.
pub(crate) struct Doubts {
    pub(crate) records: bool,
    pub(crate) metrics: bool,
}

impl Postgres {
    pub(crate) fn new(options: Options, setup: Setup) -> Self {
        // An earlier process may have ended between sending a batch and hearing of it.
        let doubts = Doubts {
            records: true,
            metrics: true,
        };
        Self {
            options,
            setup,
            connection: None,
            doubts,
        }
    }

    async fn send<R: Rows>(&mut self, rows: &R) -> Verdict {
        let until = Instant::now() + self.options.timeout;
        // Where time is up the connection goes with the attempt: what comes on it is of no use.
        match timeout_at(until, self.attempt(rows)).await {
            Ok(Ok(())) => Verdict::Delivered,
            Ok(Err(verdict)) => verdict,
            Err(_) => trouble::late(&self.options.shown),
        }
    }

    async fn attempt<R: Rows>(&mut self, rows: &R) -> Result<(), Verdict> {
        // Taken out, so that it goes where this is dropped at a wait.
        let mut connection = match self.connection.take() {
            Some(connection) if connection.is_whole() => connection,
            _ => Connection::open(&self.options).await?,
        };
        let verdict = self.write(&mut connection, rows, HashSet::new()).await;
        let verdict = match (verdict.err(), rows.gap()) {
            (Some(Verdict::RefusedWhole(_)), Some(gap)) if self.undo(&mut connection).await => {
                // Somebody else's table may want what only records have; the batch need not be halved for that.
                let again = self
                    .write(&mut connection, rows, HashSet::from([gap]))
                    .await;
                if again.is_ok() {
                    self.say_that_gaps_do_not_fit();
                }
                again.err()
            }
            (verdict, _) => verdict,
        };
        // Halving a batch takes many attempts, and a login is dear.
        let is_of_use = match &verdict {
            None => true,
            Some(Verdict::RefusedWhole(_)) => self.undo(&mut connection).await,
            Some(_) => false,
        };
        self.connection = is_of_use.then_some(connection);
        verdict.map_or(Ok(()), Err)
    }

    /// Looks at the table, if it is not known, and writes rows, but for some.
    async fn write<R: Rows>(
        &mut self,
        connection: &mut Connection,
        rows: &R,
        but: HashSet<String>,
    ) -> Result<(), Verdict> {
        let Connection {
            client,
            plans,
            shown,
            ..
        } = connection;
        let plan = match R::plan(plans) {
            Some(plan) => plan,
            none => {
                let setup = &self.setup;
                let tables = Tables {
                    client,
                    setup,
                    shown,
                    limit: self.options.timeout,
                };
                none.insert(tables.plan(&R::target(setup)).await?)
            }
        };
        let attempt = Attempt {
            rows,
            but,
            may_be_there: *R::doubt(&mut self.doubts),
            limit: self.options.timeout,
        };
        let written = match self.setup.dialect {
            Dialect::CrateDb => write::insert(client, plan, attempt).await,
            Dialect::Postgres => self.transact(client, plan, attempt).await,
        };
        let doing = || format!("cannot write to {shown}");
        written.map_err(|error| trouble::verdict(doing(), &error))
    }

    async fn transact<R: Rows>(
        &mut self,
        client: &Client,
        plan: &Plan<R::Source>,
        attempt: Attempt<'_, R>,
    ) -> Result<(), Error> {
        if write::copy(client, plan, attempt).await? {
            *R::doubt(&mut self.doubts) = true;
            if let Err(error) = client.batch_execute("COMMIT").await {
                // Its word that it did not is as good as its word that it did.
                *R::doubt(&mut self.doubts) = error.as_db_error().is_none();
                return Err(error);
            }
        } else {
            client.batch_execute("ROLLBACK").await?;
        }
        *R::doubt(&mut self.doubts) = false;
        Ok(())
    }

    /// Ends a transaction that failed; the table may be another one next time.
    async fn undo(&self, connection: &mut Connection) -> bool {
        connection.plans = Default::default();
        self.setup.dialect == Dialect::CrateDb
            || connection.client.batch_execute("ROLLBACK").await.is_ok()
    }

    fn say_that_gaps_do_not_fit(&self) {
        let (sink, table) = (&self.setup.sink, &self.setup.table);
        // Said once: the very same notice is not shown again.
        internal::notice(&Notice {
            code: "gap-not-written",
            text: format!(
                "sink `{sink}`: the table `{table}` refuses the rows that tell of missing records, so they are not written"
            ),
        });
    }
}

impl Sink for Postgres {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.send(batch))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(self.send(report))
    }

    fn acknowledges(&self) -> bool {
        true
    }
}
