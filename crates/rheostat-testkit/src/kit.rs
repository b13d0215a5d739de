//! Rheostat put together for a test: the engine, its outputs, and queues with sinks.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::engine::{Engine, Generation, Options};
use rheostat_core::flow::Hub;
use rheostat_core::ledger::{Cause, Outcome};
use rheostat_core::output::Output as _;
use rheostat_core::sink::SinkFactory;
use rheostat_log::Logs;
use rheostat_metrics::{Metrics, Registry, Snapshot};
use rheostat_policy::{Diagnostics, Environment, NoEnvironment, Vocabulary};
use rheostat_queue::{FlushReport, Queues, Surroundings};
use rheostat_stream::Streams;

/// The outputs of a kit.
pub type Outputs = (Metrics, Streams, Logs);

/// The engine, its outputs, and queues with sinks.
///
/// Mount it with [`Mount::dispatch`](crate::Mount::dispatch) of its
/// [`engine`](Self::engine), or with the functions of `rheostat_core::mount`.
#[derive(Debug)]
pub struct Kit {
    engine: Arc<Engine<Outputs>>,
    registry: Registry,
    queues: Queues,
}

pub(crate) fn outputs() -> (Outputs, Registry) {
    let registry = Registry::new();
    let outputs = (
        Metrics::native(registry.clone()),
        Streams::new(),
        Logs::new(),
    );
    (outputs, registry)
}

impl Kit {
    /// A kit without a policy, whose sinks come from these factories.
    pub fn new(sinks: impl IntoIterator<Item = Arc<dyn SinkFactory>>) -> Self {
        Self::with(
            sinks,
            Options {
                canary: false,
                ..Options::default()
            },
        )
    }

    /// The same with options of the engine.
    pub fn with(sinks: impl IntoIterator<Item = Arc<dyn SinkFactory>>, options: Options) -> Self {
        let (outputs, registry) = outputs();
        let engine = Engine::new(outputs, options);
        let queues = Queues::new(sinks);
        queues.connect(Surroundings {
            ledger: engine.ledger().clone(),
            metrics: Some(Arc::new(registry.clone())),
        });
        Self {
            engine,
            registry,
            queues,
        }
    }

    /// The engine.
    pub fn engine(&self) -> &Arc<Engine<Outputs>> {
        &self.engine
    }

    /// Where metrics are.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The queues of the sinks.
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// Puts a policy in force: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or what it needs of this machine and cannot have.
    pub fn apply(&self, text: &str) -> Result<Generation, Diagnostics> {
        self.apply_in(text, &NoEnvironment)
    }

    /// The same with variables and secrets.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn apply_in(
        &self,
        text: &str,
        environment: &dyn Environment,
    ) -> Result<Generation, Diagnostics> {
        let checked =
            rheostat_policy::check(text.as_bytes(), "policy", &self.vocabulary(), environment);
        let Some(policy) = checked.policy.map(Arc::new) else {
            return Err(checked.diagnostics);
        };
        let staged = self.queues.stage(&policy).map_err(|items| {
            let source = policy.source.clone();
            Diagnostics { source, items }
        })?;
        let generation = self.engine.apply(policy, &staged)?;
        self.queues.commit(staged);
        Ok(generation)
    }

    /// The same, for a policy that is not what is tested.
    ///
    /// # Panics
    ///
    /// Where it is not applied, with the diagnostics.
    pub fn must_apply(&self, text: &str) {
        if let Err(found) = self.apply(text) {
            panic!("{found}");
        }
    }

    fn vocabulary(&self) -> Vocabulary {
        let mut known = self.engine.outputs().vocabulary();
        known.sinks.extend(self.queues.definitions());
        known
    }

    /// All metrics as they are now.
    pub fn metrics(&self) -> Snapshot {
        self.registry.snapshot()
    }

    /// A counter's value; 0 where the series does not exist.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "tests count less than 2^53 and never below zero"
    )]
    pub fn counter(&self, metric: &str, labels: &[(&str, &str)]) -> u64 {
        self.metrics().number(metric, labels).unwrap_or(0.0) as u64
    }

    /// How many records of a rule came to this end at a sink.
    pub fn ended(&self, rule: &str, sink: &str, cause: Cause) -> u64 {
        self.engine
            .ledger()
            .entry(&rule.into(), &sink.into())
            .get(cause)
    }

    /// How many records of a rule a sink was asked to take: all but those that were filtered.
    pub fn asked(&self, rule: &str, sink: &str) -> u64 {
        let lines = self.engine.ledger().lines().into_iter();
        lines
            .filter(|line| &*line.rule == rule && &*line.sink == sink)
            .filter(|line| line.outcome != Outcome::Filtered)
            .map(|line| line.records)
            .sum()
    }

    /// Brings what threads wrote so far into the queues.
    pub fn drain(&self) {
        Hub::global().drain();
    }

    /// Waits at most this long for everything that fired before the call to be delivered.
    pub fn flush(&self, limit: Duration) -> FlushReport {
        self.queues.flush(limit)
    }

    /// Takes no more records, waits at most this long for those there are, and drops and counts the rest.
    pub fn shutdown(&self, limit: Duration) -> FlushReport {
        self.queues.shutdown(limit)
    }
}
