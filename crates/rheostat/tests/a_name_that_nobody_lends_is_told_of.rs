//! A program says when its spans cannot lend what a rule reads, and the help it gives is one.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rheostat_core::internal::set_notice_hook;

const POLICY: &str = "version = 1\n[[rules]]\nmatch = { target = \"shop\", event = \"*\" }\n\
    count = { metric = \"served_total\", labels = [\"method\"] }\n";

fn visit() {
    let _inside = tracing::debug_span!(target: "http", "request", method = "GET").entered();
    tracing::info!(target: "shop", "served");
}

#[test]
fn a_name_that_nobody_lends_is_told_of() -> Result<(), Box<dyn std::error::Error>> {
    let told = Arc::new(Mutex::new(String::new()));
    let hears = told.clone();
    set_notice_hook(Some(Arc::new(move |notice| {
        hears.lock().expect("nobody panics").push_str(&notice.text);
    })));
    // The span is below what the policy wants: only the inventory makes it known.
    let policy = format!("inventory.level = \"debug\"\n{POLICY}");
    let telemetry = rheostat::builder().policy_text(policy.as_str()).init()?;
    visit();
    let help = "within = { target = \"http\", span = \"request\" }";
    let deadline = Instant::now() + Duration::from_secs(30);
    while !told.lock().expect("nobody panics").contains(help) {
        assert!(Instant::now() < deadline, "nothing was told");
        std::thread::yield_now();
    }
    let mended = policy.replace("[[rules]]", &format!("[[rules]]\n{help}"));
    telemetry.handle().reload(&mended)?;
    visit();
    if cfg!(feature = "metrics") {
        let page = telemetry.handle().scrape();
        assert!(page.contains("served_total{method=\"GET\"} 1"), "{page}");
    }
    Ok(())
}
