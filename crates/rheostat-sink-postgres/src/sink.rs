//! The sink: a connection, tables found or made once, then a transaction for each batch.

use rheostat_core::sink::{Answer, Batch, Report, Sink, Verdict};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Error;

use crate::batch::Rows;
use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::options::Options;
use crate::setup::Setup;
use crate::table::Tables;
use crate::{trouble, write};

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
        if R::plan(&mut connection.plans).is_none() {
            let tables = Tables {
                client: &connection.client,
                setup: &self.setup,
                shown: &connection.shown,
            };
            let plan = tables.plan(&R::target(&self.setup)).await?;
            *R::plan(&mut connection.plans) = Some(plan);
        }
        match self.write(&mut connection, rows).await {
            Ok(()) => {
                self.connection = Some(connection);
                Ok(())
            }
            Err(error) => {
                let doing = format!("cannot write to {}", connection.shown);
                let verdict = trouble::verdict(doing, &error);
                // Halving a batch takes many attempts, and a login is dear.
                if matches!(verdict, Verdict::RefusedWhole(_)) && self.undo(&mut connection).await {
                    self.connection = Some(connection);
                }
                Err(verdict)
            }
        }
    }

    async fn write<R: Rows>(&mut self, connection: &mut Connection, rows: &R) -> Result<(), Error> {
        let Connection { client, plans, .. } = connection;
        let Some(plan) = R::plan(plans) else {
            return Ok(());
        };
        if self.setup.dialect == Dialect::CrateDb {
            return write::insert(client, plan, rows).await;
        }
        let may_be_there = *R::doubt(&mut self.doubts);
        if write::copy(client, plan, rows, may_be_there, self.options.timeout).await? {
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
