//! How series come, stay and go.

use std::sync::Arc;
use std::time::Duration;

use rheostat_metrics::{Identity, LabelBuffer, ManualClock, Metric, Registry, Settings};

struct Fixture {
    clock: Arc<ManualClock>,
    registry: Registry,
}

impl Fixture {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new());
        let registry = Registry::with(2, Arc::clone(&clock));
        Self { clock, registry }
    }

    fn apply(&self, identity: Identity, settings: Settings) -> Metric {
        let metric = self.registry.prepare(&identity, &settings);
        self.registry.apply([(metric.clone(), settings)]);
        metric
    }

    fn labels(&self, values: &[&str]) -> LabelBuffer {
        let mut labels = self.registry.labels();
        values.iter().for_each(|value| labels.push(value));
        labels
    }

    /// Lets time pass, with as much upkeep as a removal needs.
    fn pass(&self, seconds: u64) {
        self.registry.upkeep();
        self.clock.advance(Duration::from_secs(seconds));
        (0..3).for_each(|_| self.registry.upkeep());
    }

    fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.registry.snapshot().number(name, labels)
    }
}

fn expiring(seconds: u64) -> Settings {
    Settings {
        expire: Some(Duration::from_secs(seconds)),
        ..Settings::default()
    }
}

#[test]
fn an_idle_series_goes_and_a_busy_one_stays() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &["k"]), expiring(60));
    counter.add(&f.labels(&["idle"]), 1);
    counter.add(&f.labels(&["busy"]), 1);
    f.pass(40);
    counter.add(&f.labels(&["busy"]), 1);
    f.pass(40);
    assert_eq!(f.number("c_total", &[("k", "idle")]), None);
    assert_eq!(f.number("c_total", &[("k", "busy")]), Some(2.0));
}

#[test]
fn a_series_that_returns_starts_at_zero_with_a_new_created_time() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &["k"]), expiring(60));
    let created = |f: &Fixture| {
        f.registry
            .snapshot()
            .family("c_total")
            .expect("shown")
            .series[0]
            .created
    };
    counter.add(&f.labels(&["a"]), 7);
    let first = created(&f);
    f.pass(100);
    counter.add(&f.labels(&["a"]), 1);
    assert_eq!(f.number("c_total", &[("k", "a")]), Some(1.0));
    assert_eq!(created(&f) - first, 100_000);
}

#[test]
fn a_series_that_a_handle_points_at_is_hidden_and_comes_back_whole() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &["k"]), expiring(60));
    let handle = counter.handle(&f.labels(&["a"])).expect("there is room");
    handle.add(5);
    f.pass(100);
    assert_eq!(f.number("c_total", &[("k", "a")]), None);
    handle.add(1);
    assert_eq!(f.number("c_total", &[("k", "a")]), Some(6.0));
}

#[test]
fn what_comes_between_the_two_steps_of_a_removal_is_kept() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &["k"]), expiring(60));
    counter.add(&f.labels(&["a"]), 5);
    f.registry.upkeep();
    f.clock.advance(Duration::from_secs(100));
    f.registry.upkeep(); // unlinked, not yet gone
    counter.add(&f.labels(&["a"]), 1);
    f.registry.upkeep();
    assert_eq!(f.number("c_total", &[("k", "a")]), Some(6.0));
}

#[test]
fn cells_of_a_series_that_went_are_clean_when_they_serve_another() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &["k"]), expiring(60));
    counter.add(&f.labels(&["a"]), 5);
    let before = f.registry.cell_bytes();
    f.pass(100);
    assert!(f.registry.cell_bytes() < before);
    counter.add(&f.labels(&["b"]), 1);
    assert_eq!(f.registry.cell_bytes(), before);
    assert_eq!(f.number("c_total", &[("k", "b")]), Some(1.0));
}

#[test]
fn a_stale_gauge_is_not_shown_until_it_is_set_again() {
    let f = Fixture::new();
    let settings = Settings {
        stale_after: Some(Duration::from_secs(10)),
        ..Settings::default()
    };
    let gauge = f.apply(Identity::gauge("g", &[]), settings);
    gauge.set(&f.labels(&[]), 3.0).expect("finite");
    assert_eq!(f.number("g", &[]), Some(3.0));
    f.pass(11);
    assert_eq!(f.number("g", &[]), None);
    gauge.set(&f.labels(&[]), 3.0).expect("finite");
    assert_eq!(f.number("g", &[]), Some(3.0));
}

#[test]
fn a_gauge_shows_nothing_before_its_first_value_unless_it_is_there_from_the_start() {
    let f = Fixture::new();
    let quiet = f
        .registry
        .prepare(&Identity::gauge("quiet", &[]), &Settings::default());
    let settings = Settings {
        from_start: vec![vec![]],
        ..Settings::default()
    };
    let open = f.registry.prepare(&Identity::gauge("open", &[]), &settings);
    f.registry
        .apply([(quiet, Settings::default()), (open, settings)]);
    assert_eq!(f.number("quiet", &[]), None);
    assert_eq!(f.number("open", &[]), Some(0.0));
}

#[test]
fn series_from_the_start_are_there_at_zero_and_never_expire() {
    let f = Fixture::new();
    let settings = Settings {
        from_start: vec![vec!["ok".into()], vec!["failed".into()]],
        ..expiring(60)
    };
    f.apply(Identity::counter("c_total", &["status"]), settings);
    f.pass(100);
    f.pass(100);
    for status in ["ok", "failed"] {
        assert_eq!(f.number("c_total", &[("status", status)]), Some(0.0));
    }
}

#[test]
fn a_metric_that_stays_goes_on_through_an_edit() {
    let f = Fixture::new();
    let identity = Identity::counter("c_total", &["k"]);
    let before = f.apply(identity.clone(), Settings::default());
    before.add(&f.labels(&["a"]), 3);
    let after = f.apply(identity, expiring(60));
    after.add(&f.labels(&["a"]), 4);
    assert_eq!(f.number("c_total", &[("k", "a")]), Some(7.0));
}

#[test]
fn a_metric_that_leaves_and_returns_starts_from_zero() {
    let f = Fixture::new();
    let identity = Identity::counter("c_total", &[]);
    f.apply(identity.clone(), Settings::default())
        .add(&f.labels(&[]), 3);
    f.registry.apply([]);
    assert_eq!(f.number("c_total", &[]), None);
    f.apply(identity, Settings::default())
        .add(&f.labels(&[]), 1);
    assert_eq!(f.number("c_total", &[]), Some(1.0));
}

#[test]
fn other_labels_make_another_metric() {
    let f = Fixture::new();
    f.apply(Identity::counter("c_total", &["a"]), Settings::default())
        .add(&f.labels(&["x"]), 3);
    f.apply(Identity::counter("c_total", &["b"]), Settings::default())
        .add(&f.labels(&["x"]), 1);
    assert_eq!(f.number("c_total", &[("a", "x")]), None);
    assert_eq!(f.number("c_total", &[("b", "x")]), Some(1.0));
}

#[test]
fn a_prepared_metric_is_not_seen_before_it_is_applied() {
    let f = Fixture::new();
    let metric = f
        .registry
        .prepare(&Identity::counter("c_total", &[]), &Settings::default());
    metric.add(&f.labels(&[]), 1);
    assert_eq!(f.number("c_total", &[]), None);
    f.registry.apply([(metric, Settings::default())]);
    assert_eq!(f.number("c_total", &[]), Some(1.0));
}

#[test]
fn a_counter_follows_another_through_its_restarts() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &[]), Settings::default());
    // Up, a late reading, a restart, and on.
    for reading in [10, 40, 38, 3, 9] {
        counter.follow(&f.labels(&[]), reading);
    }
    assert_eq!(f.number("c_total", &[]), Some(49.0));
}

#[test]
fn fractions_are_added_and_whole_amounts_stay_exact() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &[]), Settings::default());
    let labels = f.labels(&[]);
    counter.add(&labels, 1 << 53);
    counter.add(&labels, 1);
    assert!(
        String::from_utf8(rheostat_metrics::Format::Text.render(&f.registry.snapshot()))
            .expect("text")
            .contains("c_total 9007199254740993\n")
    );
    counter.add_float(&labels, 0.5).expect("fine");
    assert_eq!(f.number("c_total", &[]), Some(9007199254740993.0 + 0.5));
}

#[test]
fn what_a_metric_cannot_take_is_refused_by_name() {
    let f = Fixture::new();
    let counter = f.apply(Identity::counter("c_total", &[]), Settings::default());
    let refused = [f64::NAN, f64::INFINITY, -1.0].map(|value| {
        counter
            .add_float(&f.labels(&[]), value)
            .expect_err("refused")
            .as_str()
    });
    assert_eq!(refused, ["nan", "infinite", "negative"]);
}
