//! How a batch of spans reaches its sink.
//!
//! The client is that of `rheostat-sink-otlp`, which ships records and metrics
//! of the same sink. The exporters of `opentelemetry-otlp` are not used: they
//! give a failure as a text without its cause, and keep to themselves how many
//! spans of a batch the collector refused, so that neither a retry nor a count
//! could be right.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use rheostat_core::sink::{Around, Failure, Verdict};
use rheostat_policy::model::{CheckedPolicy, Sink};
use rheostat_policy::place::Place;
use rheostat_sink_otlp::{Client, Signal};
use tokio::sync::Mutex;

/// What a sink answered to a batch.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It took the batch, but for this many spans.
    Delivered { refused: u64, why: Option<String> },
    /// It can never take this batch, whatever is wrong with it; parts of it, perhaps.
    Refused { why: String },
    /// It could not take it now.
    Later {
        after: Option<Duration>,
        why: String,
    },
}

/// Where a sink's spans go: as it stands in the policy, and the client that was made of that.
#[derive(Clone)]
pub(crate) struct Connection {
    written: Sink,
    client: Arc<Mutex<Client>>,
}

impl Connection {
    /// Of the keys of a sink; a file is opened, and nobody is connected to before the first batch.
    pub(crate) fn stage(sink: &Sink, policy: &Arc<CheckedPolicy>) -> Result<Self, Failure> {
        let client = Client::stage(sink, &Around { policy })?;
        Ok(Self {
            // Where in the file it stands makes no difference.
            written: Sink {
                place: Place::default(),
                ..sink.clone()
            },
            client: Arc::new(Mutex::new(client)),
        })
    }

    /// Ships a batch, once.
    pub(crate) async fn export(
        &self,
        spans: Vec<SpanData>,
        attributes: &[(String, String)],
    ) -> Answer {
        let items = spans.len();
        let resource: ResourceAttributesWithSchema = (&resource(attributes)).into();
        let resource_spans = group_spans_by_resource_and_scope(spans, &resource);
        let request = ExportTraceServiceRequest { resource_spans };
        let mut client = self.client.lock().await;
        answer(client.ship(Signal::Traces, &request, items).await, items)
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({self})")
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |key| self.written.args.text(key).map(|text| &**text);
        f.write_str(
            text("endpoint")
                .or_else(|| text("path"))
                .unwrap_or_default(),
        )
    }
}

fn resource(attributes: &[(String, String)]) -> Resource {
    let attributes = attributes
        .iter()
        .map(|(key, value)| opentelemetry::KeyValue::new(key.clone(), value.clone()));
    Resource::builder_empty()
        .with_attributes(attributes)
        .build()
}

/// What a verdict means for spans, which go as a whole or not at all.
fn answer(verdict: Verdict, items: usize) -> Answer {
    match verdict {
        Verdict::Delivered => Answer::Delivered {
            refused: 0,
            why: None,
        },
        Verdict::Unnamed { refused, why } => Answer::Delivered {
            refused: refused as u64,
            why: Some(chain(&why)),
        },
        Verdict::Refused(refused) => Answer::Delivered {
            refused: refused.len().min(items) as u64,
            why: refused.first().map(|refusal| chain(&refusal.why)),
        },
        Verdict::RefusedWhole(why) => Answer::Refused { why: chain(&why) },
        Verdict::RetryAfter { after, why, .. } | Verdict::Partly { after, why, .. } => {
            Answer::Later {
                after,
                why: chain(&why),
            }
        }
        // Somebody has to change something; until then spans wait as long as they may.
        Verdict::Misconfigured(why) => Answer::Later {
            after: None,
            why: chain(&why),
        },
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Some clients print the cause in the error too.
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = inner.source();
    }
    line
}
