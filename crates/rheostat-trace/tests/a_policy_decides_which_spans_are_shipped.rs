//! Rules, values, sampling, `keep` and parents, from a policy's text to what arrives.

mod support;

use std::collections::HashMap;

use opentelemetry::trace::TraceContextExt as _;
use support::World;
use tracing::field::Empty;
use tracing::{debug_span, error, info, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const ALL: &str = r#"
    [[rules]]
    name = "ship"
    match = { span = "*", level = "info" }
    trace = { sink = "file" }
"#;

fn request(status: u64) {
    let span = info_span!("request", method = "GET", status = Empty);
    span.in_scope(|| {
        debug_span!("lookup").in_scope(|| drop(info_span!("query", rows = 3)));
        info!("read");
        span.record("status", status);
        if status >= 500 {
            error!("broke");
        }
    });
}

#[test]
fn spans_that_a_rule_matches_are_shipped_and_others_are_not() {
    let world = World::new();
    world.run(|| {
        request(200);
        world.apply(ALL);
        request(200);
        world.apply("");
        request(200);
    });
    assert_eq!(world.tree(), ["request", "request > query"]);
    assert_eq!(world.ledger(), ["ship delivered 2"]);
}

#[test]
fn a_where_is_judged_with_what_is_known_at_open() {
    let world = World::new();
    world.run(|| {
        world.apply(
            r#"
            [[rules]]
            name = "ship"
            match = { span = "*" }
            where = "tenant == 'acme'"
            trace = { sink = "file" }
            "#,
        );
        for tenant in ["acme", "other"] {
            info_span!("request", tenant).in_scope(|| drop(info_span!("inside")));
        }
    });
    assert_eq!(world.tree(), ["request", "request > inside"]);
}

#[test]
fn a_parent_that_was_not_shipped_is_replaced_by_its_nearest_shipped_ancestor() {
    let world = World::new();
    world.run(|| {
        world.apply(
            r#"
            [[rules]]
            name = "ship"
            match = { span = "*", level = "info" }
            except = { span = "middle" }
            where = "kept != 2"
            trace = { sink = "file" }
            "#,
        );
        let outer = info_span!("outer");
        // Its fields are asked for, so the engine keeps it; nobody ships it.
        let middle = info_span!(parent: &outer, "middle", kept = 1);
        drop(info_span!(parent: &middle, "explicit"));
        outer.in_scope(|| debug_span!("between").in_scope(|| drop(info_span!("contextual"))));
    });
    assert_eq!(
        world.tree(),
        ["outer", "outer > contextual", "outer > explicit"]
    );
}

#[test]
fn traces_are_sampled_whole() {
    let world = World::new();
    world.run(|| {
        world.apply(
            r#"
            [[rules]]
            name = "ship"
            match = { span = "*", level = "info" }
            trace = { sink = "file", sample = 0.3 }
            "#,
        );
        (0..300).for_each(|_| request(200));
    });
    let mut traces: HashMap<String, usize> = HashMap::new();
    for span in world.spans() {
        *traces.entry(span["traceId"].to_string()).or_default() += 1;
    }
    assert!((30..180).contains(&traces.len()), "{}", traces.len());
    assert!(traces.values().all(|spans| *spans == 2));
    let shipped = traces.len() * 2;
    let expected = [
        format!("ship sampled_out {}", 600 - shipped),
        format!("ship delivered {shipped}"),
    ];
    assert_eq!(world.ledger(), expected);
}

#[test]
fn keep_wants_what_the_sample_left_out() {
    let world = World::new();
    world.run(|| {
        world.apply(
            r#"
            [[rules]]
            name = "ship"
            match = { span = "*", level = "info" }
            trace = { sink = "file", sample = 0.000001, keep = "@error or status == 404" }
            "#,
        );
        [200, 404, 200, 500, 200].into_iter().for_each(request);
    });
    assert_eq!(
        world.tree(),
        ["request", "request", "request > query", "request > query"]
    );
    assert_eq!(world.ledger(), ["ship sampled_out 6", "ship delivered 4"]);
    assert_eq!(world.traces.stats().held, 0);
}

#[test]
fn a_name_is_made_of_fields() {
    let world = World::new();
    world.run(|| {
        world.apply(
            r#"
            [[rules]]
            name = "ship"
            match = { span = "request" }
            trace = { sink = "file", name = "{method} {tenant}: {status}" }
            "#,
        );
        info_span!("outer", tenant = "acme").in_scope(|| request(404));
    });
    assert_eq!(world.tree(), ["GET acme: 404"]);
}

#[test]
fn what_the_policy_hides_is_hidden_in_spans() {
    let world = World::new();
    world.run(|| {
        world.apply(&format!(
            r#"
            [defaults]
            redact = ["password", {{ pattern = "4[0-9]{{3}}", with = "****" }}]
            const_labels = {{ service = "shop" }}
            {ALL}
            "#
        ));
        info_span!("login", password = "canary", card = "nr 4111")
            .in_scope(|| info!("paid by 4111"));
    });
    let span = world.spans().remove(0).to_string();
    assert!(!span.contains("canary") && !span.contains("4111"), "{span}");
    assert!(span.contains("paid by ****"), "{span}");
}

#[test]
fn a_callers_trace_is_continued_and_handed_on() {
    let world = World::new();
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut handed_on = String::new();
    world.run(|| {
        world.apply(ALL);
        let span = info_span!("request");
        rheostat_trace::continue_from(&span, |name| (name == "traceparent").then_some(traceparent));
        span.in_scope(|| {
            assert!(tracing::Span::current().context().has_active_span());
            rheostat_trace::inject_current(|name, value| {
                if name == "traceparent" {
                    handed_on = value;
                }
            });
        });
    });
    let span = world.spans().remove(0);
    assert_eq!(span["parentSpanId"], "00f067aa0ba902b7");
    let own = span["spanId"].as_str().expect("an id");
    assert_eq!(
        handed_on,
        format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{own}-01")
    );
}

#[test]
fn a_span_that_outlives_a_reload_goes_where_it_was_going() {
    let world = World::new();
    world.run(|| {
        world.apply(ALL);
        let span = info_span!("long");
        span.in_scope(|| {});
        world.apply("");
        drop(span);
        drop(info_span!("short"));
    });
    assert_eq!(world.tree(), ["long"]);
}

#[test]
fn every_and_rate_limit_whole_traces_at_their_root() {
    for limit in [
        r#"every = { every = "1h", by = ["tenant"] }"#,
        r#"rate = { rate = "1/h", by = ["tenant"] }"#,
    ] {
        let world = World::new();
        world.run(|| {
            world.apply(&format!(
                r#"
                [[rules]]
                name = "ship"
                match = {{ span = "*", level = "info" }}
                trace = {{ sink = "file", {limit} }}
                "#
            ));
            for tenant in ["acme", "other", "acme", "acme", "other"] {
                info_span!("request", tenant).in_scope(|| drop(info_span!("inside")));
            }
        });
        let expected = ["request", "request", "request > inside", "request > inside"];
        assert_eq!(world.tree(), expected, "{limit}");
        assert!(
            world.ledger().contains(&"ship delivered 4".to_owned()),
            "{:?}",
            world.ledger()
        );
    }
}

#[test]
fn a_span_that_is_kept_and_not_shipped_can_be_asked_for_its_context() {
    let world = World::new();
    world.run(|| {
        world.apply(
            r#"
            [[rules]]
            name = "ship"
            match = { span = "request" }
            where = "tenant != 'other'"
            trace = { sink = "file" }
            "#,
        );
        // Its field is asked for, so the engine keeps it; nobody ships it.
        let alone = info_span!("lookup", tenant = "acme");
        assert!(!alone.context().span().span_context().is_valid());
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let get = |name: &str| (name == "traceparent").then_some(traceparent);
        assert!(!rheostat_trace::continue_from(&alone, get));
        // The program may do so by itself.
        let _no_matter_what = alone.set_parent(rheostat_trace::extract(get));
        alone.set_attribute("is", "nowhere");
        let request = info_span!("request");
        request.in_scope(|| {
            // As without us: where a span is disabled, the current one is that around it.
            let inside = info_span!("lookup", tenant = "acme")
                .in_scope(|| tracing::Span::current().context());
            assert_eq!(
                inside.span().span_context(),
                request.context().span().span_context()
            );
        });
    });
    assert_eq!(world.tree(), ["request"]);
}

#[test]
fn a_file_that_cannot_be_opened_refuses_the_policy() {
    let world = World::new();
    let refused = world.try_apply(
        r#"
        [sinks.nowhere]
        type = "otlp"
        path = "/nowhere/at/all/spans.jsonl"
        "#,
    );
    let shown = refused.expect_err("there is no such folder").to_string();
    assert!(
        shown.contains("RH520") && shown.contains("/nowhere/at/all"),
        "{shown}"
    );
}

#[test]
fn a_neighbour_inside_sees_what_it_saw_before() {
    use tracing_subscriber::layer::SubscriberExt as _;

    let world = World::over(|traces| tracing_subscriber::registry().with(traces.layer()));
    world.run(|| {
        world.apply(ALL);
        request(200);
    });
    assert_eq!(world.tree(), ["request", "request > query"]);
}

#[test]
fn a_dropped_span_takes_its_children_along() {
    let world = World::new();
    world.run(|| {
        world.apply(&format!(
            r#"
            [[rules]]
            name = "no probes"
            match = {{ span = "request" }}
            where = "path == '/health'"
            drop = true
            {ALL}
            "#
        ));
        for path in ["/health", "/cart"] {
            info_span!("request", path).in_scope(|| {
                info_span!("handler").in_scope(|| drop(info_span!("query")));
            });
        }
        drop(info_span!("after"));
    });
    assert_eq!(
        world.tree(),
        ["after", "handler > query", "request", "request > handler"]
    );
}

#[test]
fn a_span_that_is_always_dropped_takes_its_children_along() {
    for drop in ["true", "['trace']"] {
        let world = World::new();
        world.run(|| {
            world.apply(&format!(
                r#"
                [[rules]]
                name = "no probes"
                match = {{ span = "probe" }}
                drop = {drop}
                {ALL}
                "#
            ));
            for is_probe in [true, false] {
                let outer = match is_probe {
                    true => info_span!("probe"),
                    false => info_span!("request"),
                };
                outer.in_scope(|| {
                    info_span!("handler").in_scope(|| std::mem::drop(info_span!("query")));
                });
            }
        });
        let whole = ["handler > query", "request", "request > handler"];
        assert_eq!(world.tree(), whole, "drop = {drop}");
    }
}

#[test]
fn a_drop_does_not_concern_rules_before_it() {
    let world = World::new();
    world.run(|| {
        world.apply(&format!(
            r#"
            {ALL}
            [[rules]]
            name = "too late"
            match = {{ span = "request" }}
            drop = true
            "#
        ));
        info_span!("request").in_scope(|| drop(info_span!("inside")));
    });
    assert_eq!(world.tree(), ["request", "request > inside"]);
}
