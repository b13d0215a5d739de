//! The sink `opentsdb`: metrics as data points, by `/api/put` with details.

use std::collections::BTreeMap;

use rheostat_core::sink::{
    Amount, Answer, Around, Batch, Failure, Family, Point, Refusal, Report, Sink, SinkFactory,
    Verdict,
};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::opentsdb_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use serde_json::{Map, Value as Json, json};

use rheostat_http::{self as http, Call, Client};

/// `type = "opentsdb"`
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenTsdbSinks;

impl SinkFactory for OpenTsdbSinks {
    fn definition(&self) -> SinkDef {
        opentsdb_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        Ok(Box::new(OpenTsdb {
            client: Client::stage(sink, around, "Bearer")?,
            sink: safe(&sink.name),
        }))
    }
}

struct OpenTsdb {
    client: Client,
    /// The value of the tag that a point without labels gets.
    sink: String,
}

/// What a server says of points that it refused may be long.
const MOST_DETAILS: usize = 8 << 20;

/// The points of a body, and which point of the report each is a part of.
struct Body {
    points: Vec<Json>,
    of: Vec<usize>,
}

impl OpenTsdb {
    fn body(&self, report: &Report) -> Body {
        let mut body = Body {
            points: Vec::new(),
            of: Vec::new(),
        };
        for (position, (family, point)) in report.points().enumerate() {
            let mut tags: Map<String, Json> = report
                .labels(family, point)
                .map(|(name, value)| (safe(name), Json::from(safe(value))))
                .collect();
            if tags.is_empty() {
                // A point without any tag is refused.
                tags.insert("sink".into(), self.sink.clone().into());
            }
            let at = body.points.len();
            data_points(family, point, &tags, &mut body.points);
            body.of.resize(at + body.points.len() - at, position);
        }
        body
    }

    async fn send(&self, report: &Report) -> Verdict {
        let body = self.body(report);
        if body.points.is_empty() {
            return Verdict::Delivered;
        }
        let text = Json::from(body.points.clone()).to_string();
        let mut call = Call::post("/api/put?details", "application/json", text);
        call.most = MOST_DETAILS;
        match self.client.send(call).await {
            Ok(answer) => verdict(&answer, &body),
            Err(verdict) => verdict,
        }
    }
}

/// A histogram is its count, its sum and its buckets under names of their own.
fn data_points(family: &Family, point: &Point, tags: &Map<String, Json>, out: &mut Vec<Json>) {
    let mut add = |suffix: &str, value: Json, tags: &Map<String, Json>| {
        let metric = format!("{}{suffix}", safe(&family.name));
        let timestamp = point.to / 1_000_000;
        out.push(json!({ "metric": metric, "timestamp": timestamp, "value": value, "tags": tags }));
    };
    match &point.amount {
        Amount::Counter { whole, part, .. } if *part == 0.0 => add("", (*whole).into(), tags),
        Amount::Histogram(histogram) => {
            add(".count", histogram.count().into(), tags);
            if histogram.sum.is_finite() {
                add(".sum", histogram.sum.into(), tags);
            }
            for (bound, count) in histogram.cumulated() {
                let mut tags = tags.clone();
                let bound = if bound.is_finite() {
                    bound.to_string()
                } else {
                    "inf".into()
                };
                tags.insert("le".into(), bound.into());
                add(".bucket", count.into(), &tags);
            }
        }
        // What is no number has none in JSON.
        other if other.number().is_finite() => add("", other.number().into(), tags),
        _ => {}
    }
}

/// Letters, digits and `-_./`: all else a server refuses, so it becomes `_`.
fn safe(text: &str) -> String {
    let fine = |one: char| one.is_alphanumeric() || matches!(one, '-' | '_' | '.' | '/');
    let safe: String = text
        .chars()
        .map(|one| if fine(one) { one } else { '_' })
        .collect();
    if safe.is_empty() { "_".into() } else { safe }
}

/// An answer names each point that it refused, whole, and why.
fn verdict(answer: &http::Answer, body: &Body) -> Verdict {
    let details: Option<Json> = serde_json::from_slice(answer.body()).ok();
    let errors = details
        .as_ref()
        .and_then(|details| details["errors"].as_array());
    let Some(errors) = errors.filter(|errors| !errors.is_empty()) else {
        return answer.verdict();
    };
    let mut refused: BTreeMap<usize, String> = BTreeMap::new();
    for error in errors {
        let why = error["error"].as_str().unwrap_or("refused").to_owned();
        let positions = body.points.iter().zip(&body.of);
        let Some((_, position)) = positions
            .into_iter()
            .find(|(point, _)| is_same(point, &error["datapoint"]))
        else {
            // It speaks of something that was not sent; whatever that is, the rest is not known.
            return answer.verdict();
        };
        refused.entry(*position).or_insert(why);
    }
    let refusals = refused.into_iter().map(|(record, why)| Refusal {
        record,
        why: Failure::new(why),
    });
    Verdict::Refused(refusals.collect())
}

/// Servers write values as texts or numbers.
fn is_same(sent: &Json, named: &Json) -> bool {
    sent["metric"] == named["metric"]
        && sent["tags"] == named["tags"]
        && named["timestamp"].as_u64() == sent["timestamp"].as_u64()
}

impl Sink for OpenTsdb {
    fn deliver<'a>(&'a mut self, _batch: &'a Batch) -> Answer<'a, Verdict> {
        let why = Failure::new("this type of sink takes no records");
        Box::pin(std::future::ready(Verdict::Misconfigured(why)))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(self.send(report))
    }

    fn acknowledges(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_refuses_in_names_becomes_an_underscore() {
        assert_eq!(safe("http requests{a}"), "http_requests_a_");
        assert_eq!(safe("a-b_c.d/é9"), "a-b_c.d/é9");
        assert_eq!(safe(""), "_");
    }
}
