//! Rheostat's own metrics, each there by the name that dashboards use.
#![cfg(all(feature = "metrics", feature = "stream"))]

use std::time::Duration;

const POLICY: &str = r#"
version = 1
[metrics.small_total]
kind = "counter"
max_series = 1
[[rules]]
name = "lines"
match = { target = "shop", event = "*" }
stream = { sink = "stdout", every = "1h" }
[[rules]]
name = "sizes"
match = { target = "shop", event = "*" }
histogram = { metric = "size", of = "size" }
count = { metric = "small_total", labels = ["size"] }
[[rules]]
name = "trial"
shadow = true
match = { target = "shop" }
count = { metric = "trial_total" }
[[rules]]
name = "spans"
match = { target = "shop", span = "*" }
histogram = { metric = "took_seconds", of = "@duration" }
"#;

/// With the labels that each has.
const NAMES: [&str; 20] = [
    "rheostat_policy_generation 1",
    "rheostat_policy_reloads_total{result=\"applied\"} 1",
    "rheostat_policy_last_applied_timestamp_seconds ",
    "rheostat_policy_refused 0",
    "rheostat_policy_unhonoured 0",
    "rheostat_records_total{cause=\"delivered\",outcome=\"delivered\",rule=\"lines\",sink=\"stdout\"}",
    "rheostat_records_in_rings 0",
    "rheostat_queue_records{sink=\"stdout\"}",
    "rheostat_queue_bytes{sink=\"stdout\"}",
    "rheostat_sink_up{sink=\"stdout\"} 1",
    "rheostat_queue_disk_bytes{sink=\"stdout\"} 0",
    "rheostat_sink_failures_total{sink=\"stdout\"} 0",
    "rheostat_points_refused_total{sink=\"stdout\"} 0",
    "rheostat_shadow_total{action=\"count\",rule=\"trial\"} 3",
    "rheostat_values_refused_total{cause=\"",
    "rheostat_spans_open 1",
    "rheostat_memory_bytes{part=\"rings\"}",
    "rheostat_memory_bytes{part=\"spans\"}",
    "rheostat_memory_bound_bytes{part=\"series\"}",
    "rheostat_metric_overflow{",
];

#[test]
fn what_rheostat_counts_of_itself_is_served() -> Result<(), Box<dyn std::error::Error>> {
    let telemetry = rheostat::builder().policy_text(POLICY).init()?;
    let _inside = tracing::info_span!(target: "shop", "visit").entered();
    for size in [1, 2] {
        tracing::info!(target: "shop", size, "sold");
    }
    tracing::info!(target: "shop", size = "large", "sold");
    let report = telemetry.handle().flush(Duration::from_secs(20));
    assert!(report.waiting.is_empty(), "{report:?}");
    let page = telemetry.handle().scrape();
    for name in NAMES {
        assert!(
            page.lines().any(|line| line.starts_with(name)),
            "no {name} in\n{page}"
        );
    }
    Ok(())
}
