//! What a run takes is within what is reckoned of its policy, series over their cap and queues behind a slow disk included.
#![cfg(all(target_os = "linux", feature = "metrics", feature = "stream"))]

use std::path::Path;
use std::time::Duration;

use rheostat::MemoryBound;
use rheostat_policy::{NoEnvironment, check, first_party};

/// More than there are banks and rings.
const THREADS: u64 = 40;
const EVENTS: u64 = 4_000;

fn policy(folder: &Path) -> String {
    format!(
        r#"
version = 1
[metrics.visits_total]
kind = "counter"
max_series = 20_000
[metrics.took_seconds]
kind = "histogram"
max_series = 1_000
[sinks.lake]
type = "file"
path = "{}"
buffer = {{ memory = "4MiB" }}
[[rules]]
match = {{ target = "shop", event = "*" }}
count = {{ metric = "visits_total", labels = ["visitor", "path"] }}
histogram = {{ metric = "took_seconds", of = "took", labels = ["path"] }}
stream = {{ sink = "lake" }}
[[rules]]
match = {{ target = "shop", span = "*" }}
histogram = {{ metric = "open_seconds", of = "@duration" }}
"#,
        folder.join("lake.jsonl").display()
    )
}

/// The memory of this process that no file backs.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes.expect("a number of kibibytes") * 1024
}

fn visit(thread: u64) {
    for n in 0..EVENTS {
        let took = 1.001_f64.powi(n as i32) - 1.0;
        let _inside = tracing::info_span!(target: "shop", "visit", n).entered();
        let (visitor, path) = (thread * EVENTS + n, format!("/{}", n % 3_000));
        tracing::info!(target: "shop", visitor, path, took, "visited");
    }
}

#[test]
fn what_a_run_takes_is_within_its_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = policy(folder.path());
    let vocabulary = first_party::vocabulary();
    let checked = check(text.as_bytes(), "policy", &vocabulary, &NoEnvironment);
    let checked = checked.policy.expect("it is a policy");
    let bound = MemoryBound::of_this_machine(&checked);

    let before = resident();
    let telemetry = rheostat::builder()
        .policy_text(text)
        .init()
        .expect("it applies");
    let mut most = 0;
    for _ in 0..3 {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                scope.spawn(move || visit(thread));
            }
        });
        most = most.max(resident());
        assert!(telemetry.handle().scrape().contains("overflow"));
        most = most.max(resident());
    }
    let _ = telemetry.shutdown(Duration::from_secs(30));
    let grown = most.saturating_sub(before);
    assert!(grown <= bound.bytes(), "{grown} bytes\n{bound}");
    // Nor is the bound so generous that it says nothing: this run fills most of what there is.
    assert!(bound.bytes() <= 20 * grown, "{grown} bytes\n{bound}");
}
