//! The stream that is made on request.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::Config;
use rheostat_core::sink::{Failure, Verdict};
use rheostat_policy::model::Sink;
use rheostat_policy::vocabulary::RecordClass;

use crate::subject::{Subject, covers};

/// How long a stream knows a message's id again: longer than `retry.for` is by default.
const REMEMBERED: Duration = Duration::from_secs(600);

/// A stream that has to be there.
#[derive(Debug)]
pub(crate) struct Wanted(Config);

impl Wanted {
    /// Reads `create` and what belongs to it.
    pub(crate) fn read(sink: &Sink, subject: &Subject) -> Option<Self> {
        let name = sink.args.text("create")?.to_string();
        // `false` says that messages are kept for ever, as does zero.
        let max_age = sink.args.duration("max_age").copied().unwrap_or_default();
        let max_bytes = sink.args.size("max_bytes").copied();
        let replicas = sink.args.integer("replicas").copied().unwrap_or(1);
        let pattern = subject.pattern();
        let takes_metrics = sink.only.contains(&RecordClass::Metrics);
        let metrics = sink.args.text("metrics_subject").filter(|_| takes_metrics);
        // The subjects of a stream may not overlap.
        let metrics = metrics.filter(|metrics| !covers(&pattern, metrics));
        let metrics = metrics.map(ToString::to_string);
        let subjects = std::iter::once(pattern).chain(metrics).collect();
        Some(Self(Config {
            name,
            subjects,
            max_age,
            max_bytes: max_bytes.map_or(-1, |most| i64::try_from(most).unwrap_or(i64::MAX)),
            num_replicas: usize::try_from(replicas).unwrap_or(1),
            duplicate_window: match max_age {
                Duration::ZERO => REMEMBERED,
                max_age => REMEMBERED.min(max_age),
            },
            ..Config::default()
        }))
    }

    /// Makes it, if there is none of its name.
    pub(crate) async fn make(&self, jetstream: &Context) -> Result<(), Verdict> {
        match jetstream.get_or_create_stream(self.0.clone()).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.verdict(&error)),
        }
    }

    fn verdict(&self, error: &CreateStreamError) -> Verdict {
        let doing = format!("cannot make the stream {}", self.0.name);
        let why = Failure::because(doing, error.to_string());
        match error.kind() {
            CreateStreamErrorKind::TimedOut | CreateStreamErrorKind::Response => {
                Verdict::retry(why)
            }
            // No leader yet, a server that is just starting: not now.
            CreateStreamErrorKind::JetStream(said) if said.code() == 503 => Verdict::retry(why),
            _ => Verdict::Misconfigured(why),
        }
    }
}
