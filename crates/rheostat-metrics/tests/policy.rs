//! What a policy's actions do to series, through the engine, under one global subscriber.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_metrics::{ManualClock, Metrics, Registry, Snapshot};
use rheostat_policy::{NoEnvironment, check, first_party};
use tracing::field::Empty;
use tracing::{info, info_span};

struct World {
    engine: Arc<Engine<Metrics>>,
    registry: Registry,
}

static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| {
    let registry = Registry::with(4, ManualClock::new());
    let engine = Engine::new(Metrics::native(registry.clone()), Options::default());
    tracing::subscriber::set_global_default(Root::subscriber(Arc::clone(&engine)))
        .expect("nothing else in this process is a subscriber");
    engine.installed();
    Mutex::new(World { engine, registry })
});

/// A program under this policy; the tests of this file come one after the other.
fn under(policy: &str) -> MutexGuard<'static, World> {
    let world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    world.apply("");
    world.apply(policy);
    world
}

impl World {
    fn apply(&self, policy: &str) {
        let text = format!("version = 1\n{policy}");
        let checked = check(
            text.as_bytes(),
            "policy",
            &first_party::vocabulary(),
            &NoEnvironment,
        );
        let Some(policy) = checked.policy else {
            panic!("{}", checked.diagnostics);
        };
        if let Err(found) = self.engine.apply(Arc::new(policy), &NoTaps) {
            panic!("{found}");
        }
    }

    fn snapshot(&self) -> Snapshot {
        self.registry.snapshot()
    }

    fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.snapshot().number(name, labels)
    }

    /// Labels and values of a metric's series, sorted.
    fn series(&self, name: &str) -> Vec<String> {
        let snapshot = self.snapshot();
        let Some(family) = snapshot.family(name) else {
            return Vec::new();
        };
        let mut shown: Vec<String> = family
            .series
            .iter()
            .map(|series| {
                let labels = family.labels_of(series);
                let labels: Vec<_> = labels.map(|(k, v)| format!("{k}={v}")).collect();
                format!("{} {}", labels.join(","), series.value.number())
            })
            .collect();
        shown.sort();
        shown
    }
}

fn served(method: &str, status: u64) {
    info!(target: "shop", method, status, "served");
}

#[test]
fn an_event_is_counted_by_its_labels() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "requests_total", labels = ["method", { class = "status | class" }] }
        "#,
    );
    served("GET", 200);
    served("GET", 204);
    served("PUT", 404);
    assert_eq!(
        world.series("requests_total"),
        ["class=2xx,method=GET 2", "class=4xx,method=PUT 1"]
    );
}

#[test]
fn a_metric_without_labels_is_there_from_the_start() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count.metric = "hits_total"
        "#,
    );
    assert_eq!(world.number("hits_total", &[]), Some(0.0));
    served("GET", 200);
    assert_eq!(world.number("hits_total", &[]), Some(1.0));
}

#[test]
fn values_go_on_through_an_edit_that_leaves_the_metric_as_it_is() {
    let rule = r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "hits_total", labels = ["method"] }
    "#;
    let world = under(rule);
    served("GET", 200);
    world.apply(&format!(
        "[metrics.hits_total]\nkind = \"counter\"\nhelp = \"Hits.\"\n{rule}"
    ));
    served("GET", 200);
    assert_eq!(world.series("hits_total"), ["method=GET 2"]);
}

#[test]
fn a_value_is_added_and_a_negative_one_is_not() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "sent_bytes_total", of = "bytes" }
        "#,
    );
    info!(target: "shop", bytes = 100_u64);
    info!(target: "shop", bytes = 0.5);
    info!(target: "shop", bytes = -7);
    info!(target: "shop", bytes = "200 OK");
    assert_eq!(world.number("sent_bytes_total", &[]), Some(100.5));
}

#[test]
fn a_counter_follows_the_readings_of_another() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "seen_total", of = "seen", absolute = true }
        "#,
    );
    for seen in [10_u64, 40, 2] {
        info!(target: "shop", seen);
    }
    assert_eq!(world.number("seen_total", &[]), Some(42.0));
}

#[test]
fn durations_in_text_become_the_metrics_unit() {
    let world = under(
        r#"
        [metrics.query_seconds]
        kind = "histogram"
        buckets = ["1ms", "100ms"]
        [[rules]]
        match = { target = "shop", event = "*" }
        histogram = { metric = "query_seconds", of = "elapsed" }
        "#,
    );
    let elapsed = std::time::Duration::from_micros(1_500);
    info!(target: "shop", ?elapsed);
    info!(target: "shop", elapsed = 0.25);
    let snapshot = world.snapshot();
    let family = snapshot.family("query_seconds").expect("it is declared");
    let rheostat_metrics::Value::Histogram(value) = &family.series[0].value else {
        panic!("not a histogram");
    };
    assert_eq!(value.counts, [0, 1, 1]);
    assert!((value.sum - 0.2515).abs() < 1e-12);
}

#[test]
fn a_plain_number_converts_from_the_unit_that_the_action_says() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        gauge = { metric = "lag_seconds", of = "lag", unit = "milliseconds" }
        "#,
    );
    info!(target: "shop", lag = 1_500_u64);
    assert_eq!(world.number("lag_seconds", &[]), Some(1.5));
}

#[test]
fn a_gauge_is_set_raised_and_lowered() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*", fields = ["depth"] }
        gauge = { metric = "depth", of = "depth" }
        [[rules]]
        match = { target = "shop", event = "*", fields = ["taken"] }
        gauge = { metric = "held", of = "taken", op = "add" }
        [[rules]]
        match = { target = "shop", event = "*", fields = ["freed"] }
        gauge = { metric = "held", of = "freed", op = "sub" }
        "#,
    );
    assert_eq!(world.number("depth", &[]), None);
    info!(target: "shop", depth = -3);
    info!(target: "shop", taken = 5);
    info!(target: "shop", freed = 2);
    assert_eq!(world.number("depth", &[]), Some(-3.0));
    assert_eq!(world.number("held", &[]), Some(3.0));
}

const OPEN: &str = r#"
    [[rules]]
    name = "open"
    match = { target = "shop", span = "request" }
    where = "kind != 'quiet'"
    gauge = { metric = "requests_open", of = "@open", labels = ["kind"] }
"#;

fn request(kind: &str) -> tracing::Span {
    info_span!(target: "shop", "request", kind, status = Empty)
}

#[test]
fn open_spans_raise_a_gauge_and_lower_the_series_they_raised() {
    let world = under(OPEN);
    let (one, other, quiet) = (request("a"), request("b"), request("quiet"));
    one.record("kind", "changed");
    assert_eq!(world.series("requests_open"), ["kind=a 1", "kind=b 1"]);
    drop((one, quiet));
    assert_eq!(world.series("requests_open"), ["kind=a 0", "kind=b 1"]);
    drop(other);
    assert_eq!(world.series("requests_open"), ["kind=a 0", "kind=b 0"]);
}

#[test]
fn a_span_that_was_raised_is_lowered_when_its_rule_no_longer_holds() {
    let world = under(OPEN);
    let one = request("a");
    world.apply(&OPEN.replace("'quiet'", "'a'"));
    let two = request("b");
    drop(one);
    assert_eq!(world.series("requests_open"), ["kind=a 0", "kind=b 1"]);
    drop(two);
}

#[test]
fn what_a_span_raised_is_lowered_when_it_closes_though_its_rule_has_left() {
    let world = under(OPEN);
    let (one, two) = (request("a"), request("a"));
    let elsewhere = OPEN.replace("span = \"request\"", "span = \"other\"");
    world.apply(&elsewhere);
    assert_eq!(world.series("requests_open"), ["kind=a 2"]);
    drop(one);
    assert_eq!(world.series("requests_open"), ["kind=a 1"]);
    world.apply(OPEN);
    let three = request("a");
    assert_eq!(world.series("requests_open"), ["kind=a 2"]);
    drop((two, three));
    assert_eq!(world.series("requests_open"), ["kind=a 0"]);
}

#[test]
fn what_a_span_raised_is_lowered_when_it_closes_though_its_rule_has_ended() {
    let ends = format!("{OPEN}    for = \"1ms\"\n");
    let world = under(&ends);
    let (one, two) = (request("a"), request("a"));
    let begun = Instant::now();
    while world.engine.status().rules[0].live {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never ends");
        world.engine.tick();
    }
    drop(one);
    assert_eq!(world.series("requests_open"), ["kind=a 1"]);
    world.apply(OPEN);
    let three = request("a");
    assert_eq!(world.series("requests_open"), ["kind=a 2"]);
    drop((two, three));
    assert_eq!(world.series("requests_open"), ["kind=a 0"]);
}

#[test]
fn a_gauge_of_open_spans_that_left_with_its_metric_begins_at_zero_again() {
    let world = under(OPEN);
    let one = request("a");
    world.apply("");
    assert_eq!(world.series("requests_open"), [""; 0]);
    world.apply(OPEN);
    let two = request("a");
    assert_eq!(world.series("requests_open"), ["kind=a 1"]);
    drop(one);
    assert_eq!(world.series("requests_open"), ["kind=a 1"]);
    drop(two);
    assert_eq!(world.series("requests_open"), ["kind=a 0"]);
}

#[test]
fn a_span_is_counted_at_close_with_what_it_recorded() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", span = "request" }
        count = { metric = "requests_total", labels = ["kind", "status"] }
        histogram = { metric = "request_duration_seconds", of = "@duration" }
        "#,
    );
    let span = request("a");
    span.record("status", 200);
    assert_eq!(world.series("requests_total"), [""; 0]);
    drop(span);
    assert_eq!(world.series("requests_total"), ["kind=a,status=200 1"]);
    assert_eq!(world.number("request_duration_seconds", &[]), Some(1.0));
}

#[test]
fn a_label_from_an_enclosing_span_is_read_when_the_event_fires() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "hits_total", labels = ["kind"] }
        "#,
    );
    let span = request("inner");
    span.in_scope(|| info!(target: "shop", "hit"));
    info!(target: "shop", "hit");
    assert_eq!(world.series("hits_total"), [" 1", "kind=inner 1"]);
}

#[test]
fn closed_sets_are_there_at_zero_and_take_in_others_when_needed() {
    let world = under(
        r#"
        [metrics.orders_total]
        kind = "counter"
        labels = { status = ["success", "failure"] }
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "orders_total", labels = ["status"] }
        "#,
    );
    assert_eq!(
        world.series("orders_total"),
        ["status=failure 0", "status=success 0"]
    );
    info!(target: "shop", status = "success");
    info!(target: "shop", status = "odd");
    assert_eq!(
        world.series("orders_total"),
        ["status=failure 0", "status=other 1", "status=success 1"]
    );
}

#[test]
fn values_beyond_the_limit_of_a_label_become_other_and_maps_and_defaults_hold() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "hits_total", labels = [
            { user = { of = "user", max_values = 2 } },
            { shown = { of = "level", map = { a = "first" }, default = "rest" } },
        ] }
        "#,
    );
    for (user, level) in [("u1", "a"), ("u2", "b"), ("u3", "a"), ("u1", "a")] {
        info!(target: "shop", user, level);
    }
    assert_eq!(
        world.series("hits_total"),
        [
            "shown=first,user=other 1",
            "shown=first,user=u1 2",
            "shown=rest,user=u2 1"
        ]
    );
}

#[test]
fn a_long_label_is_cut_and_marked() {
    let world = under(
        r#"
        [defaults]
        max_label = "8B"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "hits_total", labels = ["path"] }
        "#,
    );
    info!(target: "shop", path = "/a/very/long/one");
    assert_eq!(world.series("hits_total"), ["path=/a/ve… 1"]);
}

#[test]
fn the_cap_of_the_defaults_holds_for_metrics_of_the_program_too_old_and_new() {
    let world = under("");
    let hit = |name: &'static str, user: &'static str| {
        metrics::with_local_recorder(&world.registry, || {
            metrics::counter!(name, "user" => user).increment(1);
        });
    };
    hit("own_old_hits", "a");
    world.apply("[defaults]\nmax_series = 2\n");
    for user in ["a", "b", "c"] {
        hit("own_old_hits", user);
        hit("own_new_hits", user);
    }
    assert_eq!(
        world.series("own_old_hits_total"),
        ["user=a 2", "user=b 1", "user=overflow 1"]
    );
    assert_eq!(
        world.series("own_new_hits_total"),
        ["user=a 1", "user=b 1", "user=overflow 1"]
    );
}

#[test]
fn a_metric_that_leaves_the_policy_leaves_the_page() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count.metric = "hits_total"
        "#,
    );
    served("GET", 200);
    world.apply("");
    assert_eq!(world.number("hits_total", &[]), None);
}

#[test]
fn constant_labels_are_on_every_series() {
    let world = under(
        r#"
        [defaults]
        const_labels = { service = "shop" }
        [[rules]]
        match = { target = "shop", event = "*" }
        count.metric = "hits_total"
        "#,
    );
    served("GET", 200);
    let page = rheostat_metrics::Format::Text.render(&world.snapshot());
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("hits_total{service=\"shop\"} 1\n"), "{page}");
}

#[test]
fn the_first_rule_that_holds_feeds_a_metric_and_an_action_once() {
    let world = under(
        r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        where = "status >= 400"
        count = { metric = "hits_total", labels = { class = "'bad'" } }
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "hits_total", labels = { class = "'all'" } }
        "#,
    );
    served("GET", 200);
    served("GET", 500);
    assert_eq!(world.series("hits_total"), ["class=all 1", "class=bad 1"]);
}
