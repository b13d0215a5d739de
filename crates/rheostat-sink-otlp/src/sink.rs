//! The sink behind `otlp`: a batch or a report is a request.

use std::sync::Arc;

use rheostat_core::sink::{Answer, Batch, Report, Sink, Temporality, Verdict};

use crate::client::{Client, Signal};
use crate::logs;
use crate::metrics::Writer;

/// One `otlp` sink's records and metrics.
pub(crate) struct Otlp {
    client: Client,
    metrics: Writer,
    temporality: Temporality,
    /// The policy's constant labels.
    labels: Vec<(Arc<str>, Arc<str>)>,
}

impl Otlp {
    pub(crate) fn new(
        client: Client,
        temporality: Temporality,
        labels: Vec<(Arc<str>, Arc<str>)>,
    ) -> Self {
        Self {
            client,
            metrics: Writer::default(),
            temporality,
            labels,
        }
    }

    async fn send(&mut self, batch: &Batch) -> Verdict {
        if batch.is_empty() {
            return Verdict::Delivered;
        }
        let request = logs::request(batch, &self.labels);
        let gaps = usize::from(batch.gap().is_some());
        let items = batch.len() + gaps;
        let verdict = self.client.ship(Signal::Logs, &request, items).await;
        match verdict {
            // The gap is the first of what was sent, and no record.
            Verdict::Refused(mut all) => {
                all.truncate(batch.len());
                Verdict::Refused(all)
            }
            Verdict::Unnamed { refused, why } => Verdict::Unnamed {
                refused: refused.min(batch.len()),
                why,
            },
            other => other,
        }
    }

    async fn tell(&mut self, report: &Report) -> Verdict {
        let request = self.metrics.request(report);
        let verdict = self
            .client
            .ship(Signal::Metrics, &request, report.len())
            .await;
        if matches!(verdict, Verdict::Delivered | Verdict::Unnamed { .. }) {
            self.metrics.settled(report);
        }
        verdict
    }
}

impl Sink for Otlp {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.send(batch))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(self.tell(report))
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }

    fn acknowledges(&self) -> bool {
        self.client.acknowledges()
    }
}
