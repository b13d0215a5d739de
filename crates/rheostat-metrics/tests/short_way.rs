//! Events that need only a look at their own fields are recorded as all others are.

use rheostat_core::Output;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_metrics::{Format, Metrics, Registry};
use rheostat_policy::{NoEnvironment, check};

/// Two rules for every kind of metric: one with a condition that takes the usual way, one that does not.
const POLICY: &str = r#"version = 1
[[rules]]
match = { target = "short" }
count = { metric = "short_labels_total", labels = ["method", "status"] }

[[rules]]
match = { target = "long" }
where = "has(method) or not has(method)"
count = { metric = "long_labels_total", labels = ["method", "status"] }

[[rules]]
match = { target = "short::size" }
histogram = { metric = "short_size", of = "size", labels = ["method"] }

[[rules]]
match = { target = "long::size" }
where = "has(size) or not has(size)"
histogram = { metric = "long_size", of = "size", labels = ["method"] }
"#;

struct Panics;

impl std::fmt::Debug for Panics {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::panic::panic_any("a Debug that panics")
    }
}

macro_rules! fire {
    ($target:literal, $size:literal) => {
        let long = "x".repeat(300);
        tracing::info!(target: $target, method = "GET", status = 200);
        tracing::info!(target: $target, method = ?"GET", status = 200_u64);
        tracing::info!(target: $target, method = %"GET", status = "200");
        tracing::info!(target: $target, status = -1, method = true);
        tracing::info!(target: $target, status = 1.5, method = "a \"quoted\" one");
        tracing::info!(target: $target, method = ?"a \"quoted\" one");
        tracing::info!(target: $target, status = ?Panics);
        tracing::info!(target: $target, method = &*long, status = %long);
        tracing::info!(target: $target, method = ?Some(1), status = tracing::field::Empty);
        tracing::info!(target: $target, other = 1);
        tracing::info!(target: $target, status = u128::MAX, method = "");
        tracing::info!(target: $size, method = "GET", size = 3);
        tracing::info!(target: $size, size = 2.5);
        tracing::info!(target: $size, size = -7_i64, method = "POST");
        tracing::info!(target: $size, size = "12", method = 1);
        tracing::info!(target: $size, size = f64::NAN, method = 1);
        tracing::info!(target: $size, size = "none", method = 1);
    };
}

#[test]
fn both_ways_give_the_same_series() {
    let registry = Registry::new();
    let engine = Engine::new(Metrics::native(registry.clone()), Options::default());
    let checked = check(
        POLICY.as_bytes(),
        "policy",
        &engine.outputs().vocabulary(),
        &NoEnvironment,
    );
    let policy = checked
        .policy
        .unwrap_or_else(|| panic!("{}", checked.diagnostics));
    tracing::subscriber::set_global_default(Root::subscriber(engine.clone()))
        .expect("this test alone installs one");
    engine
        .apply(policy.into(), &NoTaps)
        .unwrap_or_else(|findings| panic!("{findings}"));
    // Twice: what happens once to a series that is made happens again to one that is there.
    for _ in 0..2 {
        fire!("short", "short::size");
        fire!("long", "long::size");
    }
    let page = Format::Text.render(&registry.snapshot());
    let page = String::from_utf8(page).expect("the page is text");
    let lines = |prefix: &str| -> Vec<String> {
        let mut lines: Vec<String> = page
            .lines()
            .filter(|line| line.starts_with(prefix))
            .map(|line| line[prefix.len()..].to_owned())
            .collect();
        lines.sort();
        lines
    };
    assert!(lines("short_").len() > 10, "{page}");
    assert_eq!(lines("short_"), lines("long_"));
}
