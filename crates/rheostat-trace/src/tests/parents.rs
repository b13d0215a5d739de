//! Who is whose parent, when some spans are not shipped.

use serde_json::Value as Json;
use tracing::info_span;
use tracing::subscriber::with_default;

use super::mini::Mini;

fn parent(span: &Json) -> &str {
    span["parentSpanId"].as_str().unwrap_or_default()
}

#[test]
fn a_parent_that_is_not_shipped_is_replaced_by_its_nearest_shipped_ancestor() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        info_span!("outer").in_scope(|| {
            info_span!("not this").in_scope(|| {
                info_span!("nor this").in_scope(|| drop(info_span!("inner")));
            });
        });
    });
    assert_eq!(parent(&mini.span("inner")), mini.span("outer")["spanId"]);
    assert_eq!(mini.names(), ["inner", "outer"]);
}

#[test]
fn an_explicit_parent_is_the_parent() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let outer = info_span!("outer");
        info_span!("elsewhere").in_scope(|| drop(info_span!(parent: &outer, "inner")));
    });
    assert_eq!(parent(&mini.span("inner")), mini.span("outer")["spanId"]);
}

#[test]
fn a_root_span_has_no_parent() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        info_span!("outer").in_scope(|| drop(info_span!(parent: None, "inner")));
    });
    let inner = mini.span("inner");
    assert_eq!(parent(&inner), "");
    assert_ne!(inner["traceId"], mini.span("outer")["traceId"]);
}

#[test]
fn a_child_may_outlive_its_parent() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let inner = info_span!("outer").in_scope(|| info_span!("inner"));
        std::thread::scope(|scope| {
            let dispatch = tracing::dispatcher::get_default(Clone::clone);
            scope.spawn(move || {
                tracing::dispatcher::with_default(&dispatch, || inner.in_scope(|| {}))
            });
        });
    });
    assert_eq!(parent(&mini.span("inner")), mini.span("outer")["spanId"]);
}

#[test]
fn a_span_that_follows_another_links_to_it() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let first = info_span!("first");
        let second = info_span!("second");
        second.follows_from(&first);
        second.follows_from(info_span!("not shipped"));
    });
    let links = mini.span("second")["links"].clone();
    assert_eq!(links[0]["spanId"], mini.span("first")["spanId"]);
    assert_eq!(links.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_span_ends_when_it_closes_so_a_child_never_ends_after_its_parent() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let outer = info_span!("outer");
        let inner = outer.in_scope(|| info_span!("inner"));
        // Entered after its parent was left for the last time.
        inner.in_scope(|| {});
        drop(inner);
        drop(outer);
    });
    let end = |name: &str| {
        let end = mini.span(name)["endTimeUnixNano"].clone();
        end.as_str()
            .and_then(|text| text.parse::<u64>().ok())
            .expect("nanoseconds")
    };
    assert!(end("inner") <= end("outer"));
}
