//! T19, T24: ids that are stale or come from another subscriber have no effect, and cause no panic.

mod common;

use common::{Mount, on};
use tracing::dispatcher;
use tracing::span::Id;

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { target = "app", span = "*" }
    count = { metric = "spans_total", labels = ["n"] }
"#;

#[test]
fn ids_of_others_are_ignored() {
    // A Registry panics on them, so this is about the root alone.
    on(
        "ids_of_others_are_ignored",
        |case| case.mount == Mount::Subscriber,
        |_, world| {
            world.apply(POLICY);
            let kept = tracing::info_span!(target: "app", "kept", n = 1);
            let stale = tracing::info_span!(target: "app", "stale", n = 2);
            let stale_id = stale.id().expect("it is enabled");
            drop(stale);
            let odd = [1, 2, 7, 0x1234_5678, u64::MAX, 1 << 63, stale_id.into_u64()];
            for id in odd.map(Id::from_u64) {
                dispatcher::get_default(|dispatch| {
                    dispatch.enter(&id);
                    dispatch.exit(&id);
                    dispatch.exit(&id);
                    let _same = dispatch.clone_span(&id);
                    assert!(!dispatch.try_close(id.clone()));
                    dispatch.record_follows_from(&id, &stale_id);
                    dispatch.record_follows_from(&kept.id().expect("it is enabled"), &id);
                });
                tracing::info!(target: "app", parent: id.clone(), "event");
                drop(tracing::info_span!(target: "app", parent: id, "child", n = 3));
            }
            drop(kept);
            let heard = world.heard();
            assert_eq!(heard[0], "spans close n=2");
            assert_eq!(heard.last().map(String::as_str), Some("spans close n=1"));
            assert_eq!(world.status().open_spans, 0);
        },
    );
}
