//! The sink: tables found or made once, then an insert for each batch.

use rheostat_core::internal::{self, Notice};
use rheostat_core::sink::{Answer, Batch, Report, Sink, Verdict};

use super::insert::{Insert, Prepare};
use super::metrics::{self, MetricRows};
use super::records::{self, RecordRows};
use super::setup::Setup;
use super::trouble;
use super::version::Version;
use rheostat_http::{Client, Query};

pub(super) struct ClickHouse {
    client: Client,
    setup: Setup,
    version: Option<Version>,
    records: Option<Insert<RecordRows>>,
    metrics: Option<Insert<MetricRows>>,
}

impl ClickHouse {
    pub(super) fn new(client: Client, setup: Setup) -> Self {
        Self {
            client,
            setup,
            version: None,
            records: None,
            metrics: None,
        }
    }

    async fn version(&mut self) -> Result<Version, Verdict> {
        if let Some(version) = self.version {
            return Ok(version);
        }
        let version = Prepare::new(&self.client, &self.setup).version().await?;
        if self.setup.create && !version.is_of_this_decade() {
            let (sink, Version(year, number)) = (&self.setup.sink, version);
            // Said once: the very same notice is not shown again.
            internal::notice(&Notice {
                code: "clickhouse-is-old",
                text: format!(
                    "sink `{sink}`: ClickHouse {year}.{number} is older than 20.6, so its tables get times \
                     in seconds with the nanoseconds in a column beside, plain texts, and no time to live"
                ),
            });
        }
        self.version = Some(version);
        Ok(version)
    }

    async fn deliver_batch(&mut self, batch: &Batch) -> Result<(), Verdict> {
        let version = self.version().await?;
        let insert = match &mut self.records {
            Some(insert) => insert,
            none => {
                let prepare = Prepare::new(&self.client, &self.setup);
                none.insert(records::prepare(&prepare, version).await?)
            }
        };
        let body = insert.rows.encode(batch, &insert.header);
        let query = Query::of("/").with("query", &insert.statement);
        self.insert(query, version, batch.token().as_deref(), body)
            .await
    }

    async fn deliver_report(&mut self, report: &Report) -> Result<(), Verdict> {
        let version = self.version().await?;
        let insert = match &mut self.metrics {
            Some(insert) => insert,
            none => {
                let prepare = Prepare::new(&self.client, &self.setup);
                none.insert(metrics::prepare(&prepare, version).await?)
            }
        };
        let body = insert.rows.encode(report, &insert.header);
        let query = Query::of("/").with("query", &insert.statement);
        self.insert(query, version, Some(&report.token), body).await
    }

    async fn insert(
        &self,
        mut query: Query,
        version: Version,
        token: Option<&str>,
        body: Vec<u8>,
    ) -> Result<(), Verdict> {
        if version.has_maps_and_tokens() {
            query = query.with_any("insert_deduplication_token", token);
            if self.setup.async_insert {
                query = query
                    .with("async_insert", "1")
                    .with("wait_for_async_insert", "1");
                if version.knows_gathered_inserts_again() {
                    query = query.with("async_insert_deduplicate", "1");
                }
            }
        }
        let prepare = Prepare::new(&self.client, &self.setup);
        let answer = prepare.post(query, body).await?;
        trouble::verdict(&answer).map_or(Ok(()), Err)
    }

    fn settle(&mut self, outcome: Result<(), Verdict>) -> Verdict {
        match outcome {
            Ok(()) => Verdict::Delivered,
            Err(verdict) => {
                // The tables, and the server, may be others next time.
                self.version = None;
                self.records = None;
                self.metrics = None;
                verdict
            }
        }
    }
}

impl Sink for ClickHouse {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(async move {
            let outcome = self.deliver_batch(batch).await;
            self.settle(outcome)
        })
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(async move {
            let outcome = self.deliver_report(report).await;
            self.settle(outcome)
        })
    }

    fn acknowledges(&self) -> bool {
        true
    }
}
