//! What one policy means to the trace output.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::sink::Failure;
use rheostat_policy::codes::live::NO_BRIDGE;
use rheostat_policy::diagnostic::{Help, Label};
use rheostat_policy::model::{Action, Args, CheckedPolicy, Redaction, Sink, SinkId};
use rheostat_policy::vocabulary::RecordClass;
use rheostat_policy::{Diagnostic, Severity};
use rheostat_queue::cannot_open;
use rheostat_sink_otlp::resource;

use crate::export::Connection;
use crate::pipe::{Full, Pipe, Settings};
use crate::service::Service;
use crate::wants::PolicyWants;

/// A policy, prepared: its sinks' pipes and what its rules can want.
pub struct TraceStaged {
    pub(crate) policy: Arc<CheckedPolicy>,
    pub(crate) wants: Arc<PolicyWants>,
    pub(crate) sinks: HashMap<SinkId, StagedSink>,
}

/// One sink of a policy.
pub(crate) struct StagedSink {
    pub(crate) pipe: Arc<Pipe>,
    pub(crate) settings: Settings,
    /// What is hidden at it: the policy's redactions, and its own.
    pub(crate) redactions: Vec<Redaction>,
}

impl TraceStaged {
    /// Prepares for a policy; files are opened, and nothing is connected.
    pub(crate) fn new(
        policy: &Arc<CheckedPolicy>,
        service: &Service,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut findings = Vec::new();
        if !service.is_bridged() {
            findings.extend(first_trace(policy).map(no_bridge));
        }
        let mut sinks = HashMap::new();
        for (at, sink) in policy.sinks.iter().enumerate() {
            if sink.ty != "otlp" || !sink.only.contains(&RecordClass::Spans) {
                continue;
            }
            match settings(sink, policy) {
                Ok(settings) => {
                    let id = SinkId(u32::try_from(at).unwrap_or(u32::MAX));
                    let redactions = policy.defaults.redact.iter().chain(&sink.redact);
                    let staged = StagedSink {
                        pipe: service.pipe(&settings),
                        redactions: redactions.cloned().collect(),
                        settings,
                    };
                    sinks.insert(id, staged);
                }
                Err(why) => findings.push(cannot_open(sink, &why)),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self {
            wants: Arc::new(PolicyWants::new(Arc::clone(policy))),
            policy: Arc::clone(policy),
            sinks,
        })
    }
}

impl std::fmt::Debug for TraceStaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TraceStaged")
            .field("sinks", &self.sinks.len())
            .finish_non_exhaustive()
    }
}

fn settings(sink: &Sink, policy: &Arc<CheckedPolicy>) -> Result<Settings, Failure> {
    let labels = policy
        .defaults
        .const_labels
        .iter()
        .map(|(name, value)| (&**name, &**value));
    let batch = sink.common.table("batch");
    let retry = sink.common.table("retry");
    let buffer = sink.common.table("buffer");
    let full = sink.common.text("full").map_or("drop_new", |full| full);
    Ok(Settings {
        sink: Arc::clone(&sink.name),
        connection: Connection::stage(sink, policy)?,
        batch_records: whole(
            batch.and_then(|batch| batch.integer("records")).copied(),
            512,
        )
        .max(1),
        batch_bytes: size(batch, "bytes", 1 << 20).max(1),
        batch_every: duration(batch, "every", Duration::from_secs(1)),
        memory: size(buffer, "memory", 16 << 20),
        full: match full {
            "drop_old" => Full::DropOld,
            "block" => Full::Block,
            _ => Full::DropNew,
        },
        retry_first: duration(retry, "first", Duration::from_millis(100)),
        retry_max: duration(retry, "max", Duration::from_secs(30)),
        retry_for: duration(retry, "for", Duration::from_secs(300)),
        timeout: sink
            .common
            .duration("timeout")
            .copied()
            .unwrap_or(Duration::from_secs(10)),
        resource: resource(labels),
    })
}

fn whole(number: Option<i64>, default: usize) -> usize {
    number
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(default)
}

fn size(table: Option<&Args>, key: &str, default: usize) -> usize {
    let size = table.and_then(|table| table.size(key)).copied();
    size.and_then(|size| usize::try_from(size).ok())
        .unwrap_or(default)
}

fn duration(table: Option<&Args>, key: &str, default: Duration) -> Duration {
    table
        .and_then(|table| table.duration(key))
        .copied()
        .unwrap_or(default)
}

/// The first action that would ship spans.
fn first_trace(policy: &CheckedPolicy) -> Option<&Action> {
    let rules = policy.rules.iter().filter(|rule| rule.enabled);
    let mut actions = rules.flat_map(|rule| &rule.actions);
    actions.find(|action| action.name == "trace")
}

fn no_bridge(action: &Action) -> Diagnostic {
    Diagnostic {
        code: NO_BRIDGE.code,
        name: NO_BRIDGE.name,
        severity: Severity::Error,
        message: "this program cannot ship spans: no bridge stands inside Rheostat".to_owned(),
        primary: Label {
            place: action.place,
            text: "nothing would be shipped".to_owned(),
        },
        others: Vec::new(),
        helps: vec![Help {
            text: "take the action out; or, in the program, make `Traces::layer()` one of the layers of the \
                   subscriber inside, or leave that subscriber to Rheostat"
                .to_owned(),
            edit: None,
        }],
        notes: Vec::new(),
    }
}
