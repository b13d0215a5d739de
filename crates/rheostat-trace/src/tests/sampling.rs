//! Who decides about a trace, and that its spans share one fate.

use std::collections::HashMap;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use rheostat_core::ledger::Cause;
use tracing::subscriber::with_default;
use tracing::{info_span, span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::mini::Mini;
use crate::shipping::{Remote, Shipping};

fn remote(n: u128, sampled: bool) -> opentelemetry::Context {
    let flags = if sampled {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::default()
    };
    let parent = SpanContext::new(
        TraceId::from(n),
        SpanId::from(7),
        flags,
        true,
        TraceState::default(),
    );
    opentelemetry::Context::new().with_remote_span_context(parent)
}

#[test]
fn a_trace_is_shipped_whole_or_not_at_all() {
    let mini = Mini::new();
    with_default(
        mini.root(Shipping {
            ratio: 0.3,
            ..mini.action()
        }),
        || {
            for _ in 0..300 {
                info_span!("outer").in_scope(|| {
                    info_span!("middle").in_scope(|| drop(info_span!("inner")));
                });
            }
        },
    );
    let mut traces: HashMap<String, usize> = HashMap::new();
    for span in mini.spans() {
        *traces
            .entry(span["traceId"].as_str().expect("an id").to_owned())
            .or_default() += 1;
    }
    assert!((30..180).contains(&traces.len()), "{} of 300", traces.len());
    assert!(traces.values().all(|spans| *spans == 3));
    let sampled_out = mini.account.get(Cause::Sample);
    assert_eq!(sampled_out + mini.account.get(Cause::Delivered), 900);
}

#[test]
fn a_child_follows_its_root_whatever_its_own_rule_says() {
    let mini = Mini::new();
    let all = std::sync::Arc::new(mini.action());
    let none = std::sync::Arc::new(Shipping {
        ratio: 0.0,
        ..mini.action()
    });
    let by_name = move |name: &str| {
        Some(if name.contains("all") {
            all.clone()
        } else {
            none.clone()
        })
    };
    with_default(mini.root_by(by_name), || {
        info_span!("all root").in_scope(|| drop(info_span!("child of all")));
        info_span!("root").in_scope(|| drop(info_span!("all child of none")));
    });
    assert_eq!(mini.names(), ["all root", "child of all"]);
}

#[test]
fn a_remote_parent_decides() {
    let mini = Mini::new();
    with_default(
        mini.root(Shipping {
            ratio: 0.0,
            ..mini.action()
        }),
        || {
            for (name, sampled) in [(1, true), (2, false)] {
                let span = info_span!("request");
                span.set_parent(remote(name, sampled))
                    .expect("it has not begun");
                span.in_scope(|| drop(info_span!("inside")));
            }
        },
    );
    assert_eq!(mini.names(), ["inside", "request"]);
    let request = mini.span("request");
    assert_eq!(request["traceId"], format!("{:032x}", 1));
    assert_eq!(request["parentSpanId"], format!("{:016x}", 7));
}

#[test]
fn a_remote_parent_that_is_ignored_decides_nothing() {
    let mini = Mini::new();
    let action = Shipping {
        ratio: 1.0,
        remote: Remote::Ignore,
        ..mini.action()
    };
    with_default(mini.root(action), || {
        let span = info_span!("request");
        span.set_parent(remote(5, false)).expect("it has not begun");
        drop(span);
    });
    assert_eq!(mini.span("request")["traceId"], format!("{:032x}", 5));
}

#[test]
fn what_is_not_shipped_still_tells_its_callee_so() {
    let mini = Mini::new();
    with_default(
        mini.root(Shipping {
            ratio: 0.0,
            ..mini.action()
        }),
        || {
            info_span!("request").in_scope(|| {
                let mut header = String::new();
                crate::inject_current(|name, value| {
                    if name == "traceparent" {
                        header = value;
                    }
                });
                assert!(header.ends_with("-00"), "{header}");
            });
        },
    );
    assert_eq!(mini.names(), [""; 0]);
}

#[test]
fn headers_continue_a_trace() {
    let mini = Mini::new();
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    with_default(mini.root(mini.action()), || {
        let span = span!(tracing::Level::INFO, "request");
        let get = |name: &str| (name == "traceparent").then_some(traceparent);
        assert!(crate::continue_from(&span, get));
        assert!(!crate::continue_from(&span, |_| None));
        let ids = span.in_scope(crate::current_trace_ids);
        assert_eq!(
            ids.map(|(trace, _)| trace),
            Some(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736)
        );
    });
    assert_eq!(mini.span("request")["parentSpanId"], "00f067aa0ba902b7");
}

#[test]
fn there_are_no_ids_outside_a_shipped_span() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        assert_eq!(crate::current_trace_ids(), None);
        info_span!("not shipped").in_scope(|| assert_eq!(crate::current_trace_ids(), None));
    });
}
