//! Open spans are capped, in number and in captured bytes; what is over a cap is not kept, is
//! counted, and costs the program nothing else.

mod common;

use common::{Telling, policy};
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use tracing::dispatcher::with_default;

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { target = "app", span = "*" }
    count = { metric = "spans_total" }
    [[rules]]
    name = "events"
    match = { target = "app", event = "*" }
    count = { metric = "events_total", labels = ["n"] }
"#;

#[test]
fn spans_over_the_cap_are_not_kept_and_counted() {
    let options = Options {
        open_spans: 1_000,
        ..Options::default()
    };
    let engine = Engine::new(Telling::brief(), options);
    let root = tracing::Dispatch::new(Root::subscriber(engine.clone()));
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    with_default(&root, || {
        let open: Vec<_> = (0..1_500)
            .map(|n| tracing::info_span!(target: "app", "span", n))
            .collect();
        let status = engine.status();
        assert_eq!(status.open_spans, 1_000);
        assert_eq!(status.unkept_spans, 500);
        open[1_499].in_scope(|| tracing::info!(target: "app", "in a span that is not kept"));
        assert_eq!(engine.outputs().lines(), ["events n="]);
        drop(open);
        assert_eq!(engine.outputs().lines().len(), 1_000);
        assert_eq!(engine.status().open_spans, 0);
        // There is room again.
        tracing::info_span!(target: "app", "span", n = 7).in_scope(|| {
            tracing::info!(target: "app", "in a span that is kept");
        });
        assert_eq!(engine.outputs().lines(), ["events n=7", "spans close"]);
    });
}
