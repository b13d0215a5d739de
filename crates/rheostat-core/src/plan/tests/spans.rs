//! What rules read of spans, and spans as records.

use rheostat_policy::model::Level;

use crate::clock::Stamp;
use crate::plan::measures::Measures;
use crate::scope::Timings;
use crate::testing::{World, event, span};
use crate::value::Value;

/// A rule that shows what it reads as labels.
fn reading(keys: &str, labels: &str) -> String {
    format!(
        "[[rules]]\nname = \"r\"\nmatch = {{ target = \"app\", event = \"*\" }}\n{keys}\ncount = {{ metric = \"r_total\", labels = [{labels}] }}\n"
    )
}

#[test]
fn a_bare_name_reaches_the_nearest_span_that_has_a_value() {
    let world = World::new(&reading("", r#""tenant""#));
    let site = event("app", Level::Info, &[]);
    let outer = span("outer", Level::Info, &["tenant"]);
    let inner = span("inner", Level::Info, &["tenant", "other"]);
    let (outer, _) = world.open(&outer, &[Value::Text("acme")], None);
    let (mut inner, _) = world.open(&inner, &[Value::Missing, Value::I64(1)], Some(&outer));
    assert_eq!(
        world.fire(&site, &[], Some(&inner)),
        ["r count of=1 tenant=acme"]
    );
    world.record(&mut inner, &[Value::Text("late"), Value::Missing]);
    assert_eq!(
        world.fire(&site, &[], Some(&inner)),
        ["r count of=1 tenant=late"]
    );
    world.record(&mut inner, &[Value::Text("last"), Value::Missing]);
    assert_eq!(
        world.fire(&site, &[], Some(&inner)),
        ["r count of=1 tenant=last"]
    );
    assert_eq!(world.fire(&site, &[], None), ["r count of=1 tenant="]);
}

#[test]
fn a_declared_name_is_the_records_own() {
    let world = World::new(&reading("", r#""tenant""#));
    let site = event("app", Level::Info, &["tenant"]);
    let around = span("s", Level::Info, &["tenant"]);
    let (around, _) = world.open(&around, &[Value::Text("acme")], None);
    let fire = |value| world.fire(&site, &[value], Some(&around));
    assert_eq!(fire(Value::Text("own")), ["r count of=1 tenant=own"]);
    assert_eq!(fire(Value::Missing), ["r count of=1 tenant="]);
}

#[test]
fn spans_below_scope_level_lend_nothing_without_within() {
    let labels = r#""tenant", { own = ".tenant" }"#;
    let plain = World::new(&reading("", labels));
    let within = World::new(&reading("within = { span = \"s\" }", labels));
    let lower = World::new(&format!(
        "[defaults]\nscope_level = \"debug\"\n{}",
        reading("", labels)
    ));
    for (world, expected) in [(plain, ""), (within, "acme"), (lower, "acme")] {
        let site = event("app", Level::Info, &[]);
        let debug = span("s", Level::Debug, &["tenant"]);
        let (around, _) = world.open(&debug, &[Value::Text("acme")], None);
        let lines = world.fire(&site, &[], Some(&around));
        assert_eq!(lines, [format!("r count of=1 own= tenant={expected}")]);
    }
}

#[test]
fn ancestors_of_the_within_span_lend_at_any_level_and_those_inside_it_do_not() {
    let world = World::new(&reading("within = { span = \"mid\" }", r#""a", "b""#));
    let outer = span("outer", Level::Trace, &["a"]);
    let mid = span("mid", Level::Debug, &[]);
    let inner = span("inner", Level::Debug, &["b"]);
    let (outer, _) = world.open(&outer, &[Value::I64(1)], None);
    let (mid, _) = world.open(&mid, &[], Some(&outer));
    let (inner, _) = world.open(&inner, &[Value::I64(2)], Some(&mid));
    let site = event("app", Level::Info, &[]);
    assert_eq!(
        world.fire(&site, &[], Some(&inner)),
        ["r count of=1 a=1 b="]
    );
}

#[test]
fn with_within_a_declared_name_without_value_reaches_out() {
    let world = World::new(&reading("within = { span = \"s\" }", r#""tenant""#));
    let site = event("app", Level::Info, &["tenant"]);
    let around = span("s", Level::Debug, &["tenant"]);
    let (around, _) = world.open(&around, &[Value::Text("acme")], None);
    let fire = |value| world.fire(&site, &[value], Some(&around));
    assert_eq!(fire(Value::Missing), ["r count of=1 tenant=acme"]);
    assert_eq!(fire(Value::Text("own")), ["r count of=1 tenant=own"]);
}

#[test]
fn a_rule_with_within_acts_only_inside_such_a_span() {
    let world = World::new(&reading(
        "within = { span = \"s\" }",
        r#""@span", { slow = "@elapsed >= 5ms" }"#,
    ));
    let site = event("app", Level::Info, &[]);
    let (wrong, _) = world.open(&span("t", Level::Info, &[]), &[], None);
    assert!(world.fire(&site, &[], Some(&wrong)).is_empty());
    assert!(world.fire(&site, &[], None).is_empty());
    let (right, _) = world.open(&span("s", Level::Info, &[]), &[], None);
    let (deeper, _) = world.open(&span("t", Level::Info, &[]), &[], Some(&right));
    let quick = world.fire(&site, &[], Some(&deeper));
    assert_eq!(quick, ["r count of=1 slow=false span=s"]);
    world
        .ground
        .clock
        .advance(std::time::Duration::from_millis(5));
    let slow = world.fire(&site, &[], Some(&deeper));
    assert_eq!(slow, ["r count of=1 slow=true span=s"]);
}

#[test]
fn a_named_span_is_read_past_nearer_ones() {
    let world = World::new(&reading("", r#"{ who = "span('request').user" }"#));
    let request = span("request", Level::Trace, &["user"]);
    let inner = span("inner", Level::Info, &["user"]);
    let (request, _) = world.open(&request, &[Value::Text("ann")], None);
    let (inner, _) = world.open(&inner, &[Value::Text("bob")], Some(&request));
    let site = event("app", Level::Info, &[]);
    assert_eq!(
        world.fire(&site, &[], Some(&inner)),
        ["r count of=1 who=ann"]
    );
}

#[test]
fn a_span_that_no_rule_needs_has_no_plan() {
    let world = World::new(&reading("", r#""tenant""#));
    assert!(world.plan(&span("s", Level::Info, &["user"])).is_none());
    assert!(world.plan(&span("s", Level::Debug, &["tenant"])).is_none());
    let kept = world.plan(&span("s", Level::Info, &["tenant"]));
    assert!(kept.is_some_and(|plan| plan.keeps_span() && plan.remembers()));
}

#[test]
fn one_rule_does_not_lend_another_its_spans() {
    let other = "[[rules]]\nname = \"o\"\nmatch = { target = \"app\", event = \"*\" }\nwithin = { span = \"s\" }\ncount = { metric = \"o_total\", labels = [\"tenant\"] }\n";
    let world = World::new(&format!("{}{other}", reading("", r#""tenant""#)));
    let (around, _) = world.open(
        &span("s", Level::Debug, &["tenant"]),
        &[Value::Text("acme")],
        None,
    );
    let site = event("app", Level::Info, &[]);
    let lines = world.fire(&site, &[], Some(&around));
    assert_eq!(lines, ["r count of=1 tenant=", "o count of=1 tenant=acme"]);
}

const SPANS: &str = r#"
[[rules]]
name = "s"
match = { span = "work" }
where = "@duration > 1ms or kind == 'x'"
count = { metric = "s_total", labels = ["kind", "@error", "@polls", "@events", { b = "@busy" }, { i = "@idle" }, { a = "@active" }] }
"#;

#[test]
fn a_span_is_judged_at_close_with_all_its_fields() {
    let world = World::new(SPANS);
    let site = span("work", Level::Info, &["kind", "error"]);
    let (mut work, opened) = world.open(&site, &[Value::Missing, Value::Missing], None);
    assert!(opened.is_empty());
    world.record(&mut work, &[Value::Text("x"), Value::Missing]);
    work.timings = Timings {
        duration: Some(2_000),
        active: Some(1_500),
        busy: Some(1_000),
        idle: Some(500),
        polls: Some(3),
        events: Some(4),
        error_event: Some(false),
    };
    let expected = "s count close of=1 a=1.5us b=1us error=false events=4 i=500ns kind=x polls=3";
    assert_eq!(world.close(&work), [expected]);
    world.record(&mut work, &[Value::Text("y"), Value::Missing]);
    assert!(world.close(&work).is_empty());
    work.timings.duration = Some(2_000_000);
    world.record(&mut work, &[Value::Missing, Value::Text("boom")]);
    let lines = world.close(&work);
    assert!(
        lines[0].contains("error=true") && lines[0].contains("kind=y"),
        "{lines:?}"
    );
}

#[test]
fn a_span_failed_by_an_event_by_its_status_or_by_an_error_field() {
    let world = World::new(
        r#"
        [[rules]]
        name = "s"
        match = { span = "*" }
        where = "@error"
        count = { metric = "s_total" }
        "#,
    );
    let fails = |name: &'static str, value, error_event| {
        let site = span("work", Level::Info, &[name]);
        let (mut work, _) = world.open(&site, &[value], None);
        work.timings.error_event = Some(error_event);
        !world.close(&work).is_empty()
    };
    assert!(fails("x", Value::Missing, true));
    assert!(!fails("x", Value::I64(1), false));
    assert!(fails("otel.status_code", Value::Text("ERROR"), false));
    assert!(fails(
        "otel.status_code",
        Value::Formatted("\"ERROR\""),
        false
    ));
    assert!(!fails("otel.status_code", Value::Text("OK"), false));
    assert!(fails("error", Value::Error("no"), false));
    assert!(!fails("error", Value::Missing, false));
    assert!(fails("exception.message", Value::Formatted("no"), false));
    let wants = |level| {
        world
            .plan(&event("app", level, &[]))
            .map(|plan| plan.wants())
    };
    assert!(wants(Level::Error).is_some_and(|wants| wants.marks_error));
    assert!(wants(Level::Warn).is_none());
}

#[test]
fn whether_a_span_failed_is_missing_where_nobody_asked_when_it_opened() {
    let world = World::new(
        r#"
        [[rules]]
        name = "s"
        match = { span = "*" }
        count = { metric = "s_total", labels = { failed = "@error | default('unknown')" } }
        "#,
    );
    let closed = |value, error_event| {
        let site = span("work", Level::Info, &["error"]);
        let (mut work, _) = world.open(&site, &[value], None);
        work.timings.error_event = error_event;
        world.close(&work)
    };
    let quiet = Value::Missing;
    assert_eq!(closed(quiet, None), ["s count close of=1 failed=unknown"]);
    assert_eq!(
        closed(quiet, Some(false)),
        ["s count close of=1 failed=false"]
    );
    assert_eq!(
        closed(Value::Error("no"), None),
        ["s count close of=1 failed=true"]
    );
}

#[test]
fn what_only_an_ended_rule_asked_for_is_not_measured_any_more() {
    let world = World::new(
        r#"
        [[rules]]
        name = "s"
        match = { span = "*", level = "warn" }
        where = "@error or @events > 5 or @duration > 1s"
        count = { metric = "s_total" }
        for = "1m"
        "#,
    );
    let fired = || world.plan(&event("app", Level::Trace, &[])).is_some();
    assert_eq!(world.image.level_hint(), Some(Level::Trace));
    assert!(world.image.measures().events && fired());
    world
        .ground
        .clock
        .advance(std::time::Duration::from_secs(60));
    assert!(world.image.expire());
    assert_eq!(world.image.level_hint(), None);
    assert_eq!(world.image.measures(), Measures::default());
    assert!(!fired());
}

#[test]
fn a_span_acts_when_its_action_says() {
    let world = World::new(
        r#"
        [[rules]]
        name = "s"
        match = { span = "*" }
        stream = { sink = "stdout", on = ["open", "close"] }
        count = { metric = "s_total", on = "open", of = "n" }
        "#,
    );
    let site = span("work", Level::Info, &["n"]);
    let (mut work, opened) = world.open(&site, &[Value::I64(1)], None);
    assert_eq!(opened, ["s stream open .n=1", "s count open of=1"]);
    world.record(&mut work, &[Value::I64(2)]);
    assert_eq!(world.close(&work), ["s stream close .n=2"]);
}

#[test]
fn a_stream_shows_the_spans_kept_for_its_rule() {
    let world = World::new(
        r#"
        [[rules]]
        name = "r"
        match = { target = "app", event = "*" }
        within = { span = "s" }
        stream = { sink = "stdout" }
        [[rules]]
        name = "q"
        match = { target = "app", event = "*" }
        stream = { sink = "two", span_fields = ["user"] }
        [sinks.two]
        type = "file"
        path = "two.json"
        "#,
    );
    let outer = span("outer", Level::Info, &["user"]);
    let kept = span("s", Level::Debug, &["a", "b"]);
    let (outer, _) = world.open(&outer, &[Value::Text("ann")], None);
    let (kept, _) = world.open(&kept, &[Value::I64(1), Value::Text("t")], Some(&outer));
    let site = event("app", Level::Info, &[]);
    let lines = world.fire(&site, &[], Some(&kept));
    assert_eq!(lines, ["r stream <s a=1 b=t>", "q stream <outer user=ann>"]);
}

#[test]
fn a_span_that_outlives_a_reload_is_judged_by_the_new_policy_with_what_was_captured() {
    let rule = |label: &str| {
        format!(
            "[[rules]]\nname = \"s\"\nmatch = {{ span = \"work\" }}\ncount = {{ metric = \"s_total\", labels = [\"{label}\"] }}\n"
        )
    };
    let mut world = World::new(&rule("a"));
    let site = span("work", Level::Info, &["a", "b"]);
    let (mut work, _) = world.open(&site, &[Value::I64(1), Value::I64(2)], None);
    world.reload(&rule("b"));
    assert_eq!(world.close(&work), ["s count close of=1 b="]);
    world.record(&mut work, &[Value::I64(3), Value::I64(4)]);
    assert_eq!(world.close(&work), ["s count close of=1 b=4"]);
    world.reload(&rule("a"));
    assert_eq!(world.close(&work), ["s count close of=1 a=1"]);
}

#[test]
fn a_duration_that_was_not_measured_is_counted_as_such() {
    let world = World::new(
        r#"
        [[rules]]
        name = "s"
        match = { span = "work" }
        histogram = { metric = "s_seconds", of = "@duration" }
        "#,
    );
    let site = span("work", Level::Info, &[]);
    let (mut work, _) = world.open(&site, &[], None);
    assert_eq!(work.opened, Some(Stamp(0)));
    world.close(&work);
    work.timings.duration = Some(5);
    world.close(&work);
    let samples = world.image.samples();
    assert_eq!(samples.len(), 1);
    assert_eq!(samples[0].name, "rheostat_spans_unmeasured_total");
    assert_eq!(samples[0].value, 1.0);
}
