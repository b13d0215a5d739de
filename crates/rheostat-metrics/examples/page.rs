//! Prints a page of metrics of every kind, with awkward labels, in the format that is named: text, openmetrics.

use std::io::{self, Write};
use std::sync::Arc;

use rheostat_metrics::{Bounds, Defaults, Exemplar, Format, Identity, Registry, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let registry = Registry::new();
    registry.set_defaults(Defaults {
        const_labels: Arc::from([("service".into(), "shop".into())]),
        ..Defaults::default()
    });
    let settings = Settings {
        help: Some("Requests served,\nby \\method and \"status\".".into()),
        ..Settings::default()
    };
    let requests = registry.prepare(
        &Identity::counter("requests_total", &["method", "status"]),
        &settings,
    );
    let seconds = Identity::histogram("request_duration_seconds", &["method"], Bounds::usual());
    let seconds = registry.prepare(&seconds.in_unit("seconds"), &settings);
    let depth = registry.prepare(&Identity::gauge("queue_depth", &[]), &Settings::default());
    registry.apply([&requests, &seconds, &depth].map(|metric| (metric.clone(), settings.clone())));

    for (method, status) in [("GET", "200"), ("PÜT", "4\"0\\4\n"), ("GET", "")] {
        let mut labels = registry.labels();
        labels.push(method);
        seconds.record(&labels, 0.25)?;
        seconds.point(
            &labels,
            Exemplar {
                trace_id: [0xab; 16],
                span_id: Some([1; 8]),
                value: 0.25,
                unix_millis: 1_700_000_000_123,
            },
        );
        labels.push(status);
        requests.add_float(&labels, 1.5)?;
    }
    depth.set(&registry.labels(), -1e300)?;
    metrics::with_local_recorder(&registry, || {
        metrics::counter!("own.hits", "where" => "here").increment(1)
    });

    let format = match std::env::args().nth(1).as_deref() {
        Some("openmetrics") => Format::OpenMetrics,
        _ => Format::Text,
    };
    io::stdout().write_all(&format.render(&registry.snapshot()))?;
    Ok(())
}
