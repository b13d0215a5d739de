//! Peers that count and measure.

use std::any::Any;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use tracing_subscriber::layer::SubscriberExt;

use crate::cases::{Case, calls, case, global, nothing};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "counter",
            "tracing-opentelemetry MetricsLayer",
            metrics_layer,
            otel_counter,
        ),
        case(
            "counter",
            "metrics::counter! by hand",
            exporter,
            metrics_counter,
        ),
        case("counter", "prometheus by hand", nothing, prometheus_counter),
        case(
            "counter 2 labels",
            "tracing-opentelemetry MetricsLayer, 2 labels",
            metrics_layer,
            otel_counter_labelled,
        ),
        case(
            "counter 2 labels",
            "metrics::counter! by hand, 2 labels",
            exporter,
            metrics_counter_labelled,
        ),
        case(
            "counter 2 labels",
            "prometheus by hand, 2 labels",
            nothing,
            prometheus_labelled,
        ),
        case(
            "counter 2 labels",
            "prometheus-client by hand, 2 labels",
            nothing,
            client_labelled,
        ),
        case(
            "counter 2 labels",
            "opentelemetry by hand, 2 labels",
            nothing,
            sdk_labelled,
        ),
        case(
            "histogram",
            "tracing-opentelemetry MetricsLayer, histogram",
            metrics_layer,
            otel_histogram,
        ),
        case(
            "gauge",
            "tracing-opentelemetry MetricsLayer, gauge",
            metrics_layer,
            otel_gauge,
        ),
        case(
            "event",
            "tracing-opentelemetry MetricsLayer, unrelated event",
            metrics_layer,
            calls::event,
        ),
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

fn provider() -> SdkMeterProvider {
    SdkMeterProvider::builder()
        .with_reader(PeriodicReader::builder(Discard).build())
        .build()
}

/// Events become OpenTelemetry instruments by the names of their fields.
fn metrics_layer() -> Box<dyn Any> {
    let provider = provider();
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

fn otel_gauge(times: u64) {
    for n in 0..times {
        tracing::info!(gauge.work = black_box((n & 1023) as f64 / 1000.0));
    }
}

#[expect(clippy::expect_used, reason = "the names are constants that are valid")]
fn prometheus_labelled(times: u64) {
    static COUNTER: OnceLock<prometheus::IntCounterVec> = OnceLock::new();
    let counter = COUNTER.get_or_init(|| {
        let options = prometheus::Opts::new("events_total", "events");
        prometheus::IntCounterVec::new(options, &["method", "route"]).expect("valid names")
    });
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        let labels = [black_box(method), black_box("/orders")];
        counter.with_label_values(&labels).inc();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, prometheus_client::encoding::EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: &'static str,
}

fn client_labelled(times: u64) {
    use prometheus_client::metrics::{counter::Counter, family::Family};
    static COUNTER: OnceLock<Family<Labels, Counter>> = OnceLock::new();
    let counter = COUNTER.get_or_init(Family::default);
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        let (method, route) = (black_box(method), black_box("/orders"));
        counter.get_or_create(&Labels { method, route }).inc();
    }
}

fn sdk_labelled(times: u64) {
    use opentelemetry::KeyValue;
    use opentelemetry::metrics::{Counter, MeterProvider as _};
    static COUNTER: OnceLock<(SdkMeterProvider, Counter<u64>)> = OnceLock::new();
    let (_, counter) = COUNTER.get_or_init(|| {
        let provider = provider();
        let counter = provider.meter("bench").u64_counter("events").build();
        (provider, counter)
    });
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        let attributes = [
            KeyValue::new("method", black_box(method)),
            KeyValue::new("route", black_box("/orders")),
        ];
        counter.add(1, &attributes);
    }
}
