//! The sink `elasticsearch`: records as documents, by `_bulk`.
//!
//! Each document is *created* under its record's number, so that one which was
//! indexed before an answer was lost is found to be there already.

use rheostat_core::flow::RecordView;
use rheostat_core::sink::{Answer, Around, Batch, Failure, Refusal, Sink, SinkFactory, Verdict};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::elasticsearch_sink_def;
use rheostat_policy::model::{self, Template, TemplatePart};
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::format::{Format, fill, rfc3339};
use serde_json::{Value as Json, json};

use rheostat_http::{self as http, Call, Client, refused};

/// `type = "elasticsearch"`
#[derive(Clone, Copy, Debug, Default)]
pub struct ElasticsearchSinks;

impl SinkFactory for ElasticsearchSinks {
    fn definition(&self) -> SinkDef {
        elasticsearch_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let index = sink.args.template("index").cloned();
        Ok(Box::new(Elasticsearch {
            client: Client::stage(sink, around, "ApiKey")?,
            index: index.ok_or_else(|| refused(sink, "it has no `index`"))?,
            sink: sink.name.to_string(),
        }))
    }
}

struct Elasticsearch {
    client: Client,
    index: Template,
    sink: String,
}

/// Of an answer only what is needed, which for many items is still much.
const PATH: &str =
    "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";
const MOST_ITEMS: usize = 64 << 20;

impl Elasticsearch {
    fn body(&self, batch: &Batch) -> Vec<u8> {
        let mut body = Vec::with_capacity(batch.size() * 3);
        if let Some(gap) = batch.gap() {
            let id = format!("gap-{}-{}-{}", self.sink, gap.from, gap.to);
            action(
                &self.index_of(batch.records().next().as_ref()),
                &id,
                &mut body,
            );
            let at = body.len();
            Format::Json.gap(gap, &mut body);
            stamp(gap.to, at, &mut body);
        }
        for record in batch.records() {
            let id = record.id().to_string();
            action(&self.index_of(Some(&record)), &id, &mut body);
            let at = body.len();
            Format::Json.record(&record, &mut body);
            stamp(record.time(), at, &mut body);
        }
        body
    }

    /// The index of a record; without one, each hole has no value.
    fn index_of(&self, record: Option<&RecordView<'_>>) -> String {
        let mut name = Vec::new();
        let as_it_is = |text: &str, out: &mut Vec<u8>| out.extend_from_slice(text.as_bytes());
        match record {
            Some(record) => fill(&self.index, record, &mut name, as_it_is),
            None => {
                for part in &self.index.0 {
                    match part {
                        TemplatePart::Text(text) => name.extend_from_slice(text.as_bytes()),
                        TemplatePart::Hole(_) => name.extend_from_slice(b"missing"),
                    }
                }
            }
        }
        index_name(&String::from_utf8_lossy(&name))
    }

    async fn send(&mut self, batch: &Batch) -> Verdict {
        let body = self.body(batch);
        if body.is_empty() {
            return Verdict::Delivered;
        }
        let mut call = Call::post(PATH, "application/x-ndjson", body);
        call.most = MOST_ITEMS;
        match self.client.send(call).await {
            Ok(answer) if answer.status().is_success() => {
                let before = usize::from(batch.gap().is_some());
                verdict(&answer, before, batch.len())
            }
            Ok(answer) => answer.verdict(),
            Err(verdict) => verdict,
        }
    }
}

/// The line before a document.
fn action(index: &str, id: &str, out: &mut Vec<u8>) {
    // Neither an index nor an id of ours holds what JSON would escape, but a sink's name might.
    let line = json!({ "create": { "_index": index, "_id": id } });
    out.extend_from_slice(line.to_string().as_bytes());
    out.push(b'\n');
}

/// Gives the document that begins here the field that data streams want.
fn stamp(nanos: u64, at: usize, out: &mut Vec<u8>) {
    let stamp = format!("\"@timestamp\":\"{}\",", rfc3339(nanos));
    out.splice(at + 1..at + 1, stamp.into_bytes());
}

/// Lower case, without what an index may not hold.
fn index_name(text: &str) -> String {
    let lower = text.to_lowercase();
    let fine = |one: char| !one.is_control() && !" \"*,/<>?\\|#:".contains(one);
    let name: String = lower
        .chars()
        .map(|one| if fine(one) { one } else { '-' })
        .collect();
    match name.trim_start_matches(['-', '_', '+']) {
        "" | "." | ".." => "missing".into(),
        trimmed => trimmed.to_owned(),
    }
}

/// What became of each document; those before the first record tell of a gap.
fn verdict(answer: &http::Answer, before: usize, records: usize) -> Verdict {
    let read: Option<Json> = serde_json::from_slice(answer.body()).ok();
    let items = read.as_ref().and_then(|read| read["items"].as_array());
    let Some(items) = items.filter(|items| items.len() == before + records) else {
        let why = "the answer does not say what became of each document";
        return Verdict::retry(answer.failure_because(why));
    };
    let mut refused = Vec::new();
    let mut again = Vec::new();
    let mut later = None;
    for (record, item) in items[before..].iter().enumerate() {
        let done = &item["create"];
        let why = || {
            let text = |key: &str| done["error"][key].as_str().unwrap_or_default().to_owned();
            Failure::because(text("type"), text("reason"))
        };
        match done["status"].as_u64() {
            // It is there already: an earlier attempt got through.
            Some(200..=299 | 409) => {}
            // No such index, or not allowed: sending it all again does no harm.
            Some(401 | 403 | 404) => return Verdict::Misconfigured(why()),
            Some(400..=499) if done["status"] != 429 && done["status"] != 408 => {
                refused.push(Refusal { record, why: why() });
            }
            _ => {
                again.push(record);
                later.get_or_insert_with(why);
            }
        }
    }
    match later {
        Some(why) => Verdict::Partly {
            refused,
            again,
            after: answer.retry_after(),
            why,
        },
        None if refused.is_empty() => Verdict::Delivered,
        None => Verdict::Refused(refused),
    }
}

impl Sink for Elasticsearch {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.send(batch))
    }

    fn acknowledges(&self) -> bool {
        true
    }

    fn keeps_trails(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_lower_case_and_holds_nothing_that_is_refused() {
        assert_eq!(index_name("Events-Ab c/d"), "events-ab-c-d");
        assert_eq!(index_name("_x"), "x");
        assert_eq!(index_name(".."), "missing");
    }

    #[test]
    fn a_document_gets_its_time_first() {
        let mut out = b"{}\n{\"a\":1}\n".to_vec();
        stamp(0, 3, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{}\n{\"@timestamp\":\"1970-01-01T00:00:00.000000000Z\",\"a\":1}\n"
        );
    }
}
