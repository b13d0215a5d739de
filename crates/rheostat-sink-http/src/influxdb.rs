//! The sink `influxdb`: records and metrics as lines of InfluxDB's protocol.
//!
//! A server may take a part of a request and refuse the rest with a status that
//! says no more than that. The whole is then halved by the queue: lines that the
//! server has already it takes again, as the same points.

use rheostat_core::sink::{Answer, Around, Batch, Report, Sink, SinkFactory, Verdict};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::influxdb_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::format::LineProtocol;

use rheostat_http::{self as http, Call, Client, Query};

/// `type = "influxdb"`
#[derive(Clone, Copy, Debug, Default)]
pub struct InfluxDbSinks;

impl SinkFactory for InfluxDbSinks {
    fn definition(&self) -> SinkDef {
        influxdb_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let text = |key: &str| sink.args.text(key).map(|text| text.to_string());
        let bucket = text("bucket").unwrap_or_default();
        let is_second = sink.args.text("org").is_some();
        let scheme = if is_second { "Token" } else { "Bearer" };
        let create = sink.args.bool("create").copied().unwrap_or(false);
        let write = match text("org") {
            Some(org) => Query::of("/api/v2/write")
                .with("org", &org)
                .with("bucket", &bucket),
            None => Query::of("/write")
                .with("db", &bucket)
                .with_any("rp", text("retention_policy").as_deref()),
        };
        Ok(Box::new(InfluxDb {
            client: Client::stage(sink, around, scheme)?,
            write: write.with("precision", "ns"),
            create: (create && !is_second).then_some(bucket),
            lines: LineProtocol::read(&sink.args),
        }))
    }
}

struct InfluxDb {
    client: Client,
    write: Query,
    /// The database, as long as it may have to be made.
    create: Option<String>,
    lines: LineProtocol,
}

impl InfluxDb {
    async fn send(&mut self, body: Vec<u8>) -> Verdict {
        if body.is_empty() {
            return Verdict::Delivered;
        }
        match self.exchange(body).await {
            Ok(answer) => verdict(&answer),
            Err(verdict) => verdict,
        }
    }

    async fn exchange(&mut self, body: Vec<u8>) -> Result<http::Answer, Verdict> {
        if let Some(database) = &self.create {
            let name = database.replace('\\', "\\\\").replace('"', "\\\"");
            let path = Query::of("/query").with("q", &format!("CREATE DATABASE \"{name}\""));
            let call = Call::post(path.as_str(), "application/x-www-form-urlencoded", "");
            let answer = self.client.send(call).await?;
            if !answer.status().is_success() {
                return Err(not_of_a_batch(answer.verdict()));
            }
            self.create = None;
        }
        let call = Call::post(self.write.as_str(), "text/plain; charset=utf-8", body);
        self.client.send(call).await
    }
}

/// What a status means here.
fn verdict(answer: &http::Answer) -> Verdict {
    let (status, reason) = (answer.status().as_u16(), answer.reason());
    // A retention policy that drops a point, and a series too many, are about points.
    let about_the_database = reason.contains("database not found")
        || reason.contains("retention policy not found")
        || status == 404;
    match status {
        400 | 404 if about_the_database => Verdict::Misconfigured(answer.failure()),
        _ => answer.verdict(),
    }
}

/// A refusal of a request in which no batch is.
fn not_of_a_batch(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::RefusedWhole(why) => Verdict::Misconfigured(why),
        other => other,
    }
}

impl Sink for InfluxDb {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        let mut body = Vec::with_capacity(batch.size() * 2);
        if let Some(gap) = batch.gap() {
            LineProtocol::gap(gap, &mut body);
        }
        for record in batch.records() {
            self.lines.record(&record, &mut body);
        }
        Box::pin(self.send(body))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        let mut body = Vec::new();
        for (family, point) in report.points() {
            LineProtocol::point(report, family, point, &mut body);
        }
        Box::pin(self.send(body))
    }

    fn acknowledges(&self) -> bool {
        true
    }
}
