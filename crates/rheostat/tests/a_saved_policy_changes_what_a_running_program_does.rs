//! The main job in one sitting: one line, a policy, a scrape, an edit, another scrape.
#![cfg(feature = "metrics")]

use std::time::{Duration, Instant};

const COUNT: &str = r#"
version = 1
[[rules]]
match = { target = "shop" }
count = { metric = "orders_total", labels = ["tenant"] }
"#;

const COUNT_AND_MEASURE: &str = r#"
version = 1
[[rules]]
match = { target = "shop" }
count = { metric = "orders_total", labels = ["tenant"] }
histogram = { metric = "order_items", of = "items", labels = ["tenant"] }
"#;

fn order() {
    let _inside = tracing::info_span!(target: "shop", "order", tenant = "acme").entered();
    tracing::info!(target: "shop", items = 3, "order placed");
}

#[test]
fn a_saved_policy_changes_what_a_running_program_does() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("rheostat-main-job-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let policy = folder.join("rheostat.toml");
    std::fs::write(&policy, COUNT)?;

    let guard = rheostat::init(&policy)?;
    let handle = guard.handle();
    order();
    order();
    let before = handle.scrape();
    assert!(
        before.contains("orders_total{tenant=\"acme\"} 2"),
        "{before}"
    );
    assert!(!before.contains("order_items"), "{before}");

    std::fs::write(&policy, COUNT_AND_MEASURE)?;
    let deadline = Instant::now() + Duration::from_secs(10);
    while handle.status().generation < 2 {
        assert!(
            Instant::now() < deadline,
            "the saved policy is not in force: {:?}",
            handle.status()
        );
        std::thread::yield_now();
    }
    order();
    let after = handle.scrape();
    assert!(after.contains("orders_total{tenant=\"acme\"} 3"), "{after}");
    assert!(
        after.contains("order_items_count{tenant=\"acme\"} 1"),
        "{after}"
    );
    assert!(
        after.contains("order_items_sum{tenant=\"acme\"} 3"),
        "{after}"
    );

    drop(guard);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
