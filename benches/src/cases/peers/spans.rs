//! Peers that keep or time spans.

use std::any::Any;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::layer::SubscriberExt;

use crate::cases::{Case, calls, case, global, nothing};

/// How many spans of `fastrace` one trace holds: beyond its cap it drops them, which would measure nothing.
const LOCAL: u64 = 64;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "span",
            "tracing-opentelemetry span layer",
            otel_layer,
            calls::span,
        ),
        case("span", "fastrace, root", fastrace, fastrace_root),
        case("span", "fastrace, local", fastrace, fastrace_local),
        case(
            "span duration",
            "tracing-timing",
            timing,
            calls::span_with_event,
        ),
        case(
            "span",
            "metrics-tracing-context, span",
            metrics_context,
            calls::span,
        ),
        case(
            "label from a span",
            "metrics-tracing-context, counter inside",
            metrics_context,
            counter_inside,
        ),
    ]
}

/// Takes spans and forgets them.
#[derive(Debug)]
struct Discard;

impl SpanExporter for Discard {
    async fn export(&self, _spans: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

fn otel_layer() -> Box<dyn Any> {
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(Discard)
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("bench"));
    global(tracing_subscriber::registry().with(layer));
    Box::new(provider)
}

struct Forget;

impl fastrace::collector::Reporter for Forget {
    fn report(&mut self, _spans: Vec<fastrace::collector::SpanRecord>) {}
}

fn fastrace() -> Box<dyn Any> {
    fastrace::set_reporter(Forget, fastrace::collector::Config::default());
    nothing()
}

fn fastrace_root(times: u64) {
    for _ in 0..times {
        let _root = fastrace::Span::root("work", fastrace::collector::SpanContext::random());
    }
}

fn fastrace_local(times: u64) {
    let mut left = times;
    while left > 0 {
        let some = left.min(LOCAL);
        let root = fastrace::Span::root("root", fastrace::collector::SpanContext::random());
        let _here = root.set_local_parent();
        for _ in 0..some {
            let _span = fastrace::local::LocalSpan::enter_with_local_parent("work");
        }
        left -= some;
    }
}

fn timing() -> Box<dyn Any> {
    #[expect(
        clippy::expect_used,
        reason = "the bounds are constants that are valid"
    )]
    let layer = tracing_timing::Builder::default()
        .layer(|| tracing_timing::Histogram::new_with_max(1_000_000_000, 2).expect("valid bounds"));
    global(tracing_subscriber::registry().with(layer))
}

fn metrics_context() -> Box<dyn Any> {
    use metrics_util::layers::Layer as _;
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let recorder = metrics_tracing_context::TracingContextLayer::all().layer(recorder);
    #[expect(
        clippy::expect_used,
        reason = "a bench that cannot install measures nothing"
    )]
    metrics::set_global_recorder(recorder).expect("this process installs one recorder");
    global(tracing_subscriber::registry().with(metrics_tracing_context::MetricsLayer::new()));
    Box::new(handle)
}

fn counter_inside(times: u64) {
    let _inside =
        tracing::info_span!(target: "bench::inside", "request", route = "/orders").entered();
    for _ in 0..times {
        metrics::counter!("events_total").increment(1);
    }
}
