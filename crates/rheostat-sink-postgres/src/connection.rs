//! One connection, and what is known of the tables behind it.

use std::sync::Arc;

use rheostat_core::sink::{Failure, Verdict};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Client;

use crate::options::{Options, Server};
use crate::plan::Plan;
use crate::tls::Tls;
use crate::trouble;
use crate::{records, report};

/// A client, with the task that carries its bytes.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// Host and port, for people.
    pub(crate) shown: String,
    pub(crate) plans: Plans,
    carrying: JoinHandle<()>,
}

/// How to write into the tables, as far as they were looked at.
#[derive(Default)]
pub(crate) struct Plans {
    pub(crate) records: Option<Plan<records::Source>>,
    pub(crate) metrics: Option<Plan<report::Source>>,
}

impl Connection {
    /// Connects to the first server that answers; the time is divided among them,
    /// because one that hangs must not keep the others from being asked.
    pub(crate) async fn open(options: &Options) -> Result<Self, Verdict> {
        let mut last = None;
        for (at, server) in options.servers.iter().enumerate() {
            let left = u32::try_from(options.servers.len() - at).unwrap_or(u32::MAX);
            let until = Instant::now() + options.timeout / left.max(1);
            match timeout_at(until, Self::to(server, options)).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(verdict)) => last = Some(worst(last, verdict)),
                Err(_) => last = Some(worst(last, trouble::late(&server.shown))),
            }
        }
        Err(last.unwrap_or_else(|| Verdict::retry(Failure::new("it has no `address`"))))
    }

    async fn to(server: &Server, options: &Options) -> Result<Self, Verdict> {
        let tls = Tls(Arc::new(options.tls.clone()));
        let connected = server.config.connect(tls).await;
        let doing = || format!("cannot connect to {}", server.shown);
        let (client, connection) =
            connected.map_err(|error| trouble::at_connect(doing(), &error))?;
        // What breaks it, the client is told as well.
        let carrying = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            client,
            shown: server.shown.clone(),
            plans: Plans::default(),
            carrying,
        })
    }

    /// Whether it can be used again.
    pub(crate) fn is_whole(&self) -> bool {
        !self.client.is_closed()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Its farewell would wait for a server that hangs.
        self.carrying.abort();
    }
}

/// What may pass counts more than what somebody has to change: another server may take it.
fn worst(before: Option<Verdict>, now: Verdict) -> Verdict {
    match before {
        Some(before @ Verdict::RetryAfter { .. }) => before,
        _ => now,
    }
}
