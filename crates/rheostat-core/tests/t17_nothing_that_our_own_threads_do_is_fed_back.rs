//! T17: what our own worker threads do (hyper, h2, rustls) must not become telemetry.

mod common;

use common::everywhere;

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "**", event = "*" }
    count = { metric = "seen_total", labels = ["n"] }
    [[rules]]
    name = "spans"
    match = { target = "**", span = "*" }
    count = { metric = "spans_total", labels = ["n"] }
"#;

fn fire(n: u64) {
    let span = tracing::info_span!(target: "hyper", "connection", n);
    let _inside = span.enter();
    tracing::info!(target: "hyper", n);
}

#[test]
fn nothing_that_our_own_threads_do_is_fed_back() {
    everywhere("nothing_that_our_own_threads_do_is_fed_back", |_, world| {
        world.apply(POLICY);
        fire(1);
        let opened_outside = tracing::info_span!(target: "hyper", "carried", n = 2_u64);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                rheostat_core::internal::mark_own_thread();
                fire(3);
                // A span of the program's that happens to be dropped here is the program's still.
                drop(opened_outside);
            });
        });
        let heard = world.heard();
        let here: Vec<_> = heard.iter().filter(|line| !line.contains("n=3")).collect();
        assert!(here.contains(&&"seen n=1".to_owned()), "{heard:?}");
        assert!(here.contains(&&"spans close n=1".to_owned()), "{heard:?}");
        assert_eq!(here.len(), heard.len(), "{heard:?}");
    });
}
