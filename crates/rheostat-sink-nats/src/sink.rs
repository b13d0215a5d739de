//! The sink: a connection, an encoder, and the time that a batch may take.

use rheostat_core::sink::{Answer, Batch, Failure, Report, Sink, Verdict};
use tokio::time::{Instant, timeout_at};

use crate::connection::Connection;
use crate::message::{Encoder, Outgoing};
use crate::options::Options;
use crate::publish;
use crate::stream::Wanted;
use crate::verdict::verdict;

/// `type = "nats"`
pub(crate) struct Nats {
    pub(crate) options: Options,
    pub(crate) wanted: Option<Wanted>,
    pub(crate) encoder: Encoder,
    pub(crate) jetstream: bool,
    pub(crate) connection: Option<Connection>,
}

impl Nats {
    async fn send(&mut self, encode: impl Fn(&Encoder, usize) -> Vec<Outgoing>) -> Verdict {
        let until = Instant::now() + self.options.timeout;
        let late = Failure::new(format!("no answer in time from {}", self.options.shown));
        match timeout_at(until, self.connected()).await {
            Ok(Ok(())) => {}
            Ok(Err(verdict)) => return verdict,
            Err(_) => return Verdict::retry(late),
        }
        // Taken out, so that it goes where this is dropped at a wait, or left in doubt.
        let Some(connection) = self.connection.take() else {
            return Verdict::retry(late);
        };
        let messages = encode(&self.encoder, connection.client.max_payload());
        let mut outcomes = Vec::with_capacity(messages.len());
        let sending = async {
            if self.jetstream {
                publish::acknowledged(&connection, &messages, &mut outcomes).await;
            } else {
                publish::told(&connection, &messages, &mut outcomes).await;
            }
        };
        let in_time = timeout_at(until, sending).await.is_ok();
        if in_time && connection.is_whole() {
            self.connection = Some(connection);
        }
        verdict(&messages, outcomes, &late)
    }

    async fn connected(&mut self) -> Result<(), Verdict> {
        if self.connection.as_ref().is_some_and(Connection::is_whole) {
            return Ok(());
        }
        self.connection = None;
        let connection = Connection::open(&self.options).await?;
        if let Some(wanted) = &self.wanted {
            wanted.make(&connection.jetstream).await?;
        }
        self.connection = Some(connection);
        Ok(())
    }
}

impl Sink for Nats {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.send(|encoder, most| encoder.batch(batch, most)))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(self.send(|encoder, most| encoder.report(report, most)))
    }

    /// A stream's acknowledgement is one; core NATS has none.
    fn acknowledges(&self) -> bool {
        self.jetstream
    }

    fn keeps_trails(&self) -> bool {
        self.jetstream && self.encoder.is_json()
    }
}
