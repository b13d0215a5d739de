//! T18: a parent is the current span, none, or one that is named and may never be entered.

mod common;

use common::everywhere;

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["outer", "inner"] }
    [[rules]]
    name = "spans"
    match = { target = "app", span = "inner" }
    count = { metric = "spans_total", labels = [{ at = "span('outer').outer" }] }
"#;

#[test]
fn parents_are_explicit_root_or_contextual() {
    everywhere("parents_are_explicit_root_or_contextual", |_, world| {
        world.apply(POLICY);
        let named = tracing::info_span!(target: "app", "outer", outer = "named");
        let current = tracing::info_span!(target: "app", "outer", outer = "current");
        let inside = current.enter();
        tracing::info!(target: "app", "contextual");
        tracing::info!(target: "app", parent: None, "root");
        tracing::info!(target: "app", parent: &named, "explicit");
        let inner = tracing::info_span!(target: "app", parent: &named, "inner", inner = 1);
        tracing::info!(target: "app", parent: &inner, "explicit, twice");
        drop(tracing::info_span!(target: "app", parent: None, "inner", inner = 2));
        drop(tracing::info_span!(target: "app", "inner", inner = 3));
        drop(inside);
        drop(inner);
        assert_eq!(
            world.heard(),
            [
                "seen inner= outer=current",
                "seen inner= outer=",
                "seen inner= outer=named",
                "seen inner=1 outer=named",
                "spans close at=",
                "spans close at=current",
                "spans close at=named",
            ]
        );
        drop((named, current));
        assert_eq!(world.status().open_spans, 0);
    });
}
