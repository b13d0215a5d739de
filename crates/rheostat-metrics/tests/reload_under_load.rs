//! Policies change while threads record, and not one count is missing or doubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_metrics::{Metrics, Registry, SystemClock};
use rheostat_policy::{CheckedPolicy, NoEnvironment, check, first_party};

const THREADS: usize = 6;
const EVENTS: u64 = 30_000;

/// A policy that counts, and differs from the other in all that does not make another metric.
fn policy(text: &str) -> Arc<CheckedPolicy> {
    let text = format!(
        r#"
        version = 1
        {text}
        [[rules]]
        name = "hits"
        match = {{ target = "load", event = "*" }}
        count = [{{ metric = "hits_total" }}, {{ metric = "by_kind_total", labels = ["kind"] }}]
        "#
    );
    let checked = check(
        text.as_bytes(),
        "policy",
        &first_party::vocabulary(),
        &NoEnvironment,
    );
    checked.policy.map(Arc::new).expect("it is right")
}

#[test]
fn two_policies_that_both_count_miss_nothing_and_double_nothing() {
    let registry = Registry::with(2, SystemClock::default());
    let engine = Engine::new(Metrics::native(registry.clone()), Options::default());
    tracing::subscriber::set_global_default(Root::subscriber(Arc::clone(&engine)))
        .expect("nothing else in this process is a subscriber");
    engine.installed();
    let one = policy("");
    let other = policy(
        r#"
        [metrics.hits_total]
        kind = "counter"
        help = "Hits."
        expire = "1h"
        [[rules]]
        match = { target = "load", event = "*" }
        where = "kind == 'nobody'"
        gauge = { metric = "unused", of = "1" }
        "#,
    );
    assert!(engine.apply(one.clone(), &NoTaps).is_ok());

    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for n in 0..EVENTS {
                    tracing::info!(target: "load", kind = if n % 3 == 0 { "a" } else { "b" });
                }
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        let mut reloads = 0;
        while done.load(Ordering::SeqCst) < THREADS || reloads < 20 {
            let next = if reloads % 2 == 0 { &other } else { &one };
            assert!(engine.apply(Arc::clone(next), &NoTaps).is_ok());
            registry.upkeep();
            engine.tick();
            reloads += 1;
        }
    });
    let snapshot = registry.snapshot();
    let all = (THREADS as u64 * EVENTS) as f64;
    assert_eq!(snapshot.number("hits_total", &[]), Some(all));
    assert_eq!(
        snapshot.number("by_kind_total", &[("kind", "a")]),
        Some(all / 3.0)
    );
    assert_eq!(
        snapshot.number("by_kind_total", &[("kind", "b")]),
        Some(all / 1.5)
    );
}
