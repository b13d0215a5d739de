//! A real engine over the bridge, under a policy whose only sink is a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::output::Output as _;
use rheostat_core::sink::NoTaps;
use rheostat_policy::{Diagnostics, NoEnvironment, check};
use rheostat_trace::{BridgeSubscriber, TraceOptions, Traces};
use serde_json::Value as Json;
use tracing::Dispatch;

pub(crate) struct World {
    pub(crate) engine: Arc<Engine<Traces>>,
    pub(crate) traces: Traces,
    pub(crate) dispatch: Dispatch,
    path: PathBuf,
}

impl World {
    /// A root over the bridge, without a policy; it is nobody's default yet.
    pub(crate) fn new() -> Self {
        Self::over(|traces| traces.subscriber())
    }

    /// The same over what a test makes of the bridge.
    pub(crate) fn over<S>(inner: impl FnOnce(&Traces) -> S) -> Self
    where
        S: tracing::Subscriber + Send + Sync,
    {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rheostat-spans-{}-{count}.jsonl", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_file(&path);
        let traces = Traces::new(TraceOptions {
            on_thread_start: rheostat_core::internal::mark_own_thread,
            tell: Arc::new(|line| panic!("{line}")),
        });
        let engine = Engine::new(
            traces.clone(),
            Options {
                canary: false,
                ..Options::default()
            },
        );
        let inner = inner(&traces);
        let dispatch = Dispatch::new(Root::over(Arc::clone(&engine), inner));
        Self {
            engine,
            traces,
            dispatch,
            path,
        }
    }

    /// Puts these rules in force; `file` is the sink.
    pub(crate) fn apply(&self, rules: &str) {
        if let Err(diagnostics) = self.try_apply(rules) {
            panic!("{diagnostics}");
        }
    }

    pub(crate) fn try_apply(&self, rules: &str) -> Result<(), Diagnostics> {
        let path = self.path.display();
        let text = format!(
            "version = 1\n[sinks.file]\ntype = \"otlp\"\npath = \"{path}\"\nbatch = {{ every = \"10ms\" }}\n{rules}"
        );
        let checked = check(
            text.as_bytes(),
            "policy",
            &self.traces.vocabulary(),
            &NoEnvironment,
        );
        let policy = checked.policy.ok_or(checked.diagnostics)?;
        self.engine.apply(Arc::new(policy), &NoTaps).map(drop)
    }

    /// Runs under this root.
    pub(crate) fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        tracing::dispatcher::with_default(&self.dispatch, || {
            self.engine.installed();
            run()
        })
    }

    /// The spans that arrived, once everything was shipped.
    pub(crate) fn spans(&self) -> Vec<Json> {
        assert!(self.traces.flush(Duration::from_secs(30)));
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let list = |of: &Json, key: &str| of[key].as_array().cloned().unwrap_or_default();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
        lines
            .flat_map(|line| list(&line, "resourceSpans"))
            .flat_map(|resource| list(&resource, "scopeSpans"))
            .flat_map(|scope| list(&scope, "spans"))
            .collect()
    }

    /// The names of the spans that arrived, sorted, each with the name of its parent.
    #[allow(dead_code, reason = "not every test file asks")]
    pub(crate) fn tree(&self) -> Vec<String> {
        let spans = self.spans();
        let name_of = |id: &Json| {
            let parent = spans.iter().find(|span| span["spanId"] == *id);
            parent
                .map_or("", |parent| parent["name"].as_str().expect("a name"))
                .to_owned()
        };
        let mut lines: Vec<String> = spans
            .iter()
            .map(|span| {
                let parent = name_of(&span["parentSpanId"]);
                let name = span["name"].as_str().expect("a name");
                if parent.is_empty() {
                    name.to_owned()
                } else {
                    format!("{parent} > {name}")
                }
            })
            .collect();
        lines.sort();
        lines
    }

    /// What became of the spans of a rule: the ledger's lines.
    #[allow(dead_code, reason = "not every test file asks")]
    pub(crate) fn ledger(&self) -> Vec<String> {
        let line = |line: &rheostat_core::ledger::Line| {
            format!("{} {} {}", line.rule, line.outcome.as_str(), line.records)
        };
        self.engine.ledger().lines().iter().map(line).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.traces.shutdown(Duration::from_secs(10));
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Names the type of the bridge, so that a change of it is seen.
#[allow(dead_code, reason = "it is checked by being compiled")]
pub(crate) type Inner = BridgeSubscriber;
