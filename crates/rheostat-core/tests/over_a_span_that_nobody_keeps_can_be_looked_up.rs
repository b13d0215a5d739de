//! A span over the cap is kept by nobody, and its handle lives: over a stack whose layers look spans up it is there
//! to be found, empty.

mod common;
mod host;

use common::{Telling, World};
use host::Shipped;
use opentelemetry::Context;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use tracing::{Span, info, info_span};
use tracing_error::SpanTrace;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { span = "*" }
    count = { metric = "spans_total", labels = ["n"] }
"#;

#[test]
fn a_span_that_nobody_keeps_can_be_looked_up() {
    let engine = Engine::new(
        Telling::brief(),
        Options {
            open_spans: 16,
            ..Options::default()
        },
    );
    let world = World {
        engine,
        neighbour: common::Neighbour::new().1,
        has_neighbour: false,
    };
    let shipped = Shipped::default();
    let over = Root::over(world.engine.clone(), shipped.stack(false));
    tracing::subscriber::set_global_default(over).expect("it is the first");
    world.apply(POLICY);
    let spans: Vec<Span> = (0..100)
        .map(|n| info_span!(target: "ours", "span", n))
        .collect();
    assert!(world.status().open_spans <= 16);
    for span in &spans {
        assert!(!span.is_disabled());
        let _refused = span.set_parent(Context::new());
        span.set_attribute("asked", true);
        let _empty = span.clone().context();
        span.record("n", 7);
        span.in_scope(|| {
            let _empty = Span::current().context();
            let _trace = SpanTrace::capture();
            info!(target: "theirs", "event");
        });
        let child = info_span!(target: "theirs", parent: span, "child");
        child.follows_from(span);
    }
    drop(spans);
    assert_eq!(shipped.exported().len(), 100);
    assert_eq!(shipped.printed().len(), 200);
    assert_eq!(world.status().open_spans, 0);
}
