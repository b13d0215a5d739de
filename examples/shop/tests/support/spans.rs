//! Spans as an independent reader decoded them, and the trees they should form.

use std::collections::BTreeMap;

use serde::Deserialize;
use shop::load::Trace;

/// One span, field by field, from one line of a Python reader's output.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Span {
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    pub(crate) parent_id: String,
    pub(crate) name: String,
    pub(crate) start_ns: u64,
    pub(crate) end_ns: u64,
    pub(crate) attributes: BTreeMap<String, serde_json::Value>,
    pub(crate) resource: BTreeMap<String, serde_json::Value>,
}

/// Reads what the Python readers print.
pub(crate) fn read(lines: &str) -> Vec<Span> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Reads what Rotel prints of the spans it gets: one field a line, the times last. A span whose times are not
/// printed yet is left out.
pub(crate) fn read_rotel(lines: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut span = Span::default();
    for line in lines.lines() {
        let Some((field, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match field.trim() {
            "Trace ID" => {
                span = Span {
                    trace_id: value.to_owned(),
                    ..Span::default()
                }
            }
            "Parent ID" => span.parent_id = value.to_owned(),
            "ID" => span.span_id = value.to_owned(),
            "Name" => span.name = value.to_owned(),
            "Start time" => span.start_ns = value.parse().unwrap(),
            "End time" => {
                span.end_ns = value.parse().unwrap();
                spans.push(span.clone());
            }
            _ => {}
        }
    }
    spans
}

/// How many spans the requests of a run must have made.
pub(crate) fn expected_number(traces: &[Trace]) -> usize {
    traces
        .iter()
        .map(|trace| tree_of(trace).matches(['(', ',']).count() + 1)
        .sum()
}

/// The spans of one request, as `parent(child,child(grandchild))`, siblings by name.
pub(crate) fn tree_of(trace: &Trace) -> &'static str {
    match (trace.method.as_str(), trace.route.as_str(), trace.status) {
        ("GET", "/health", 200) => "request(health)",
        ("GET", "/products", 200) => "request(list_products)",
        // Refused before the handler was called.
        ("GET", "/products", 400) => "request",
        ("GET", "/products/{id}", 200 | 404) => "request(get_product)",
        ("GET", "/slow", 200) => "request(slow)",
        ("POST", "/orders", 201 | 404 | 409) => "request(place_order(quote(price),record_order))",
        ("POST", "/orders", 502) => "request(place_order(quote(price)))",
        ("POST", "/orders/{id}/checkout", 200 | 402) => "request(checkout(charge))",
        (method, route, status) => panic!("no tree is known for {method} {route} {status}"),
    }
}

/// Compares every request's tree, its caller, and its times; nothing may be
/// missing, and nothing extra.
pub(crate) fn assert_trees(spans: &[Span], traces: &[Trace]) {
    let mut by_trace: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        by_trace.entry(&span.trace_id).or_default().push(span);
    }
    for trace in traces {
        let own = by_trace.remove(trace.trace_id.as_str()).unwrap_or_default();
        let roots: Vec<&Span> = own
            .iter()
            .filter(|span| span.parent_id == trace.parent_id)
            .copied()
            .collect();
        assert_eq!(
            roots.len(),
            1,
            "the span of the caller has one child: {trace:?} {own:?}"
        );
        assert_eq!(shown(roots[0], &own), tree_of(trace), "{trace:?}");
        assert_eq!(
            own.len(),
            tree_of(trace).matches(['(', ',']).count() + 1,
            "{trace:?}"
        );
        own.iter().for_each(|span| assert_inside_parent(span, &own));
    }
    assert!(
        by_trace.is_empty(),
        "spans of traces that nobody began: {:?}",
        by_trace.values().next()
    );
}

fn shown(span: &Span, all: &[&Span]) -> String {
    let children = all.iter().filter(|child| child.parent_id == span.span_id);
    let mut children: Vec<String> = children.map(|child| shown(child, all)).collect();
    children.sort_unstable();
    if children.is_empty() {
        span.name.clone()
    } else {
        format!("{}({})", span.name, children.join(","))
    }
}

fn assert_inside_parent(span: &Span, all: &[&Span]) {
    assert!(span.start_ns <= span.end_ns, "{span:?}");
    if let Some(parent) = all.iter().find(|parent| parent.span_id == span.parent_id) {
        assert!(
            parent.start_ns <= span.start_ns && span.end_ns <= parent.end_ns,
            "{span:?} is not inside {parent:?}"
        );
    }
}
