//! Threads fire while policies that both count replace one another: nothing is missing or doubled.

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{Mount, on};

const A: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app" }
    count = { metric = "seen_total" }
    [[rules]]
    name = "spans"
    match = { target = "app", span = "work" }
    count = { metric = "spans_total" }
"#;

const B: &str = r#"
    [[rules]]
    name = "other"
    match = { target = "elsewhere" }
    count = { metric = "others_total" }
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["n"] }
    [[rules]]
    name = "spans"
    match = { target = "app", span = "*" }
    count = { metric = "spans_total", labels = ["n"] }
"#;

#[test]
fn counts_are_exact_while_policies_change() {
    let name = "counts_are_exact_while_policies_change";
    on(
        name,
        |case| case.global,
        |case, world| {
            world.apply(A);
            let stop = AtomicBool::new(false);
            let fired = AtomicU64::new(0);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        let mut n = 0_u64;
                        while !stop.load(Ordering::Relaxed) {
                            let span = tracing::info_span!(target: "app", "work", n);
                            span.in_scope(|| tracing::info!(target: "app", n, "done"));
                            n += 1;
                        }
                        fired.fetch_add(n, Ordering::Relaxed);
                    });
                }
                let start = Instant::now();
                while start.elapsed() < Duration::from_millis(700) {
                    world.apply(B);
                    world.apply(A);
                }
                stop.store(true, Ordering::Relaxed);
            });
            let heard = world.heard();
            let fired = fired.load(Ordering::Relaxed);
            let events = heard.iter().filter(|line| line.starts_with("seen")).count() as u64;
            let spans = heard
                .iter()
                .filter(|line| line.starts_with("spans"))
                .count() as u64;
            assert_eq!((events, spans), (fired, fired), "{case:?}");
            assert_eq!(heard.len() as u64, 2 * fired);
            assert_eq!(world.status().open_spans, 0);
            if case.mount == Mount::Over {
                let told = world.neighbour.lines();
                assert_eq!(told.len() as u64, 3 * fired, "open, event, close");
            }
        },
    );
}
