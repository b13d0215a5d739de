//! The peers on the same job, each set up as its own documentation says.

use std::any::Any;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use tracing_subscriber::layer::SubscriberExt;

use super::{Case, calls, global};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            job: "counter",
            name: "tracing-opentelemetry MetricsLayer",
            install: metrics_layer,
            run: otel_counter,
        },
        Case {
            job: "counter",
            name: "metrics::counter! by hand",
            install: exporter,
            run: metrics_counter,
        },
        Case {
            job: "counter",
            name: "prometheus by hand",
            install: super::nothing,
            run: prometheus_counter,
        },
        Case {
            job: "counter 2 labels",
            name: "tracing-opentelemetry MetricsLayer, 2 labels",
            install: metrics_layer,
            run: otel_counter_labelled,
        },
        Case {
            job: "counter 2 labels",
            name: "metrics::counter! by hand, 2 labels",
            install: exporter,
            run: metrics_counter_labelled,
        },
        Case {
            job: "histogram",
            name: "tracing-opentelemetry MetricsLayer, histogram",
            install: metrics_layer,
            run: otel_histogram,
        },
        Case {
            job: "stream",
            name: "fmt json",
            install: fmt_json,
            run: calls::record,
        },
    ]
}

/// Takes what the SDK gathers and forgets it.
struct Discard;

impl PushMetricExporter for Discard {
    async fn export(&self, _metrics: &ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _limit: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

/// Events become OpenTelemetry instruments by the names of their fields.
fn metrics_layer() -> Box<dyn Any> {
    let provider = SdkMeterProvider::builder()
        .with_reader(PeriodicReader::builder(Discard).build())
        .build();
    let layer = tracing_opentelemetry::MetricsLayer::new(provider.clone());
    global(tracing_subscriber::registry().with(layer));
    Box::new(provider)
}

fn exporter() -> Box<dyn Any> {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    #[expect(
        clippy::expect_used,
        reason = "a bench that cannot install measures nothing"
    )]
    metrics::set_global_recorder(recorder).expect("this process installs one recorder");
    Box::new(handle)
}

fn fmt_json() -> Box<dyn Any> {
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(std::io::sink);
    global(tracing_subscriber::registry().with(layer))
}

fn otel_counter(times: u64) {
    for _ in 0..times {
        tracing::info!(monotonic_counter.events = 1_u64);
    }
}

fn otel_counter_labelled(times: u64) {
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        tracing::info!(
            monotonic_counter.events = 1_u64,
            method = black_box(method),
            route = black_box("/orders")
        );
    }
}

fn otel_histogram(times: u64) {
    for n in 0..times {
        tracing::info!(histogram.seconds = black_box((n & 1023) as f64 / 1000.0));
    }
}

fn metrics_counter(times: u64) {
    for _ in 0..times {
        metrics::counter!("events_total").increment(1);
    }
}

fn metrics_counter_labelled(times: u64) {
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        metrics::counter!("events_total", "method" => black_box(method), "route" => black_box("/orders"))
            .increment(1);
    }
}

fn prometheus_counter(times: u64) {
    static COUNTER: OnceLock<prometheus::IntCounter> = OnceLock::new();
    let counter = COUNTER.get_or_init(|| {
        #[expect(clippy::expect_used, reason = "the name is a constant that is valid")]
        prometheus::IntCounter::new("events_total", "events").expect("a valid name")
    });
    for _ in 0..times {
        black_box(counter).inc();
    }
}
