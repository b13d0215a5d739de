//! The thread that ships spans uses hyper and h2, which make spans and events of their own.

#[path = "../src/tests/collector.rs"]
#[allow(dead_code, reason = "the unit tests use all of it")]
mod collector;

use std::sync::Arc;
use std::time::Duration;

use collector::Collector;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::output::Output as _;
use rheostat_core::sink::NoTaps;
use rheostat_policy::{NoEnvironment, check};
use rheostat_trace::{TraceOptions, Traces};
use tracing::info_span;

#[test]
fn what_ships_spans_is_not_shipped() {
    let collector = Collector::start(Vec::new());
    let traces = Traces::new(TraceOptions {
        on_thread_start: rheostat_core::internal::mark_own_thread,
        tell: Arc::new(|line| panic!("{line}")),
    });
    let engine = Engine::new(traces.clone(), Options::default());
    let root = Root::over(Arc::clone(&engine), traces.subscriber());
    tracing::subscriber::set_global_default(root).expect("nobody was first");
    engine.installed();
    let text = format!(
        r#"
        version = 1
        [sinks.collector]
        type = "otlp"
        endpoint = "http://{}"
        batch = {{ every = "10ms" }}
        [[rules]]
        name = "everything"
        match = {{ span = "*" }}
        trace = {{ events = "trace" }}
        "#,
        collector.address
    );
    let checked = check(
        text.as_bytes(),
        "policy",
        &traces.vocabulary(),
        &NoEnvironment,
    );
    let policy = checked
        .policy
        .unwrap_or_else(|| panic!("{}", checked.diagnostics));
    if let Err(diagnostics) = engine.apply(Arc::new(policy), &NoTaps) {
        panic!("{diagnostics}");
    }
    // Several batches, so that what one of them made would be in the next.
    for round in 1..=5 {
        info_span!("mine").in_scope(|| {});
        assert!(traces.flush(Duration::from_secs(30)));
        let spans = collector.spans();
        assert_eq!(spans.len(), round, "{spans:?}");
        assert!(spans.iter().all(|span| span.name == "mine"), "{spans:?}");
    }
    assert_eq!(traces.shutdown(Duration::from_secs(10)), 0);
}
