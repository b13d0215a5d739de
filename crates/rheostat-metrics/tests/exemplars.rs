//! Records that belong to a trace leave it beside what they count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::record::{TraceIdSource, TraceIds, set_trace_ids};
use rheostat_core::scope::OpenSpan;
use rheostat_core::sink::NoTaps;
use rheostat_metrics::{Format, ManualClock, Metrics, Registry};
use rheostat_policy::{NoEnvironment, check, first_party};

/// Knows of one trace, while there is one.
struct OneTrace;

static IN_TRACE: AtomicBool = AtomicBool::new(false);

impl TraceIdSource for OneTrace {
    fn trace_ids(&self, _span: Option<&dyn OpenSpan>) -> Option<TraceIds> {
        IN_TRACE.load(Ordering::Relaxed).then_some(TraceIds {
            trace_id: 0xabcd,
            span_id: 0x12,
        })
    }
}

const POLICY: &str = r#"
version = 1
[metrics.plain_total]
kind = "counter"
exemplars = false
[[rules]]
match = { target = "shop", event = "*" }
count = [{ metric = "hits_total" }, { metric = "plain_total" }]
histogram = { metric = "took_seconds", of = "took" }
"#;

#[test]
fn an_event_in_a_trace_leaves_an_exemplar() {
    assert!(set_trace_ids(&OneTrace));
    let registry = Registry::with(2, ManualClock::new());
    let engine = Engine::new(Metrics::native(registry.clone()), Options::default());
    tracing::subscriber::set_global_default(Root::subscriber(Arc::clone(&engine)))
        .expect("nothing else in this process is a subscriber");
    engine.installed();
    let vocabulary = first_party::vocabulary();
    let checked = check(POLICY.as_bytes(), "policy", &vocabulary, &NoEnvironment);
    let policy = checked.policy.expect("it is right");
    assert!(engine.apply(Arc::new(policy), &NoTaps).is_ok());

    tracing::info!(target: "shop", took = 0.3);
    let page =
        || String::from_utf8(Format::OpenMetrics.render(&registry.snapshot())).expect("text");
    assert!(
        !page().contains("trace_id"),
        "no trace, no exemplar:\n{}",
        page()
    );
    IN_TRACE.store(true, Ordering::Relaxed);
    tracing::info!(target: "shop", took = 0.3);
    let page = page();
    let ids = "{trace_id=\"0000000000000000000000000000abcd\",span_id=\"0000000000000012\"}";
    assert!(
        page.contains(&format!("hits_total 2 # {ids} 1.0 ")),
        "{page}"
    );
    assert!(
        page.contains(&format!("took_seconds_bucket{{le=\"0.5\"}} 2 # {ids} 0.3 ")),
        "{page}"
    );
    assert!(page.contains("plain_total 2\n"), "{page}");
}
