//! T9, T10: spans are kept for the rules that read from them, though no rule counts them; those that
//! opened before are not seen; what `record` brings later is.

mod common;

use common::everywhere;

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app::db", event = "*" }
    count = { metric = "seen_total", labels = ["tenant", "late"] }
"#;

fn request() -> tracing::Span {
    tracing::info_span!(target: "app", "request", tenant = "acme", late = tracing::field::Empty)
}

fn query() {
    tracing::info!(target: "app::db", "query");
}

#[test]
fn a_span_opened_before_its_rule_does_not_exist_for_us() {
    let name = "a_span_opened_before_its_rule_does_not_exist_for_us";
    everywhere(name, |_, world| {
        let before = request();
        world.apply(POLICY);
        before.in_scope(query);
        before.record("late", 1);
        before.in_scope(query);
        assert_eq!(world.heard(), ["seen late= tenant=", "seen late= tenant="]);

        let after = request();
        after.in_scope(query);
        after.record("late", 1);
        after.record("late", "two");
        after.in_scope(|| request().in_scope(query));
        after.in_scope(query);
        assert_eq!(
            world.heard(),
            [
                "seen late= tenant=acme",
                "seen late=two tenant=acme",
                "seen late=two tenant=acme",
            ]
        );
        world.apply(&format!("{POLICY}\n# edited"));
        after.in_scope(query);
        assert_eq!(
            world.heard(),
            ["seen late=two tenant=acme"],
            "it outlived a reload"
        );
        drop((before, after));
        assert_eq!(world.status().open_spans, 0);
    });
}
