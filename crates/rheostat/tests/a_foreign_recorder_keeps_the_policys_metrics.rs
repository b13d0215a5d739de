//! A program that has an exporter already keeps it: what the policy counts meets the program's own metrics there.
#![cfg(feature = "metrics")]

use metrics_exporter_prometheus::PrometheusBuilder;
use rheostat::Recorder;

const POLICY: &str = r#"
version = 1
[metrics.served_seconds]
kind = "histogram"
buckets = [0.1, 1]
[[rules]]
match = { target = "shop" }
count = { metric = "served_total", labels = ["tenant"] }
histogram = { metric = "served_seconds", of = "took" }
gauge = { metric = "queue_depth", of = "depth" }
"#;

#[test]
fn a_foreign_recorder_keeps_the_policys_metrics() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = PrometheusBuilder::new().build_recorder();
    let foreign = exporter.handle();
    metrics::set_global_recorder(exporter).map_err(|_| "this process has no other")?;
    let telemetry = rheostat::builder()
        .policy_text(POLICY)
        .recorder(Recorder::global())
        .init()?;

    metrics::counter!("own_total").increment(5);
    for (tenant, took, depth) in [
        ("acme", "250ms", 1),
        ("acme", "1.5s", 2),
        ("globex", "5ms", 3),
    ] {
        tracing::info!(target: "shop", tenant, took, depth, "served");
    }

    let page = foreign.render();
    for line in [
        "own_total 5",
        "served_total{tenant=\"acme\"} 2",
        "served_total{tenant=\"globex\"} 1",
        "served_seconds_count 3",
        "served_seconds_sum 1.755",
        "queue_depth 3",
    ] {
        assert!(
            page.lines().any(|found| found == line),
            "no {line} in\n{page}"
        );
    }
    let ours = telemetry.handle().scrape();
    assert!(!ours.contains("served_"), "{ours}");
    // It has buckets of its own choice, which is told of.
    assert!(ours.contains("rheostat_policy_unhonoured 1"), "{ours}");
    Ok(())
}
