//! A host's stack with everything that looks spans up: `fmt`, `tracing-error`, `tracing-opentelemetry`;
//! it wants the target `theirs`.

#![allow(dead_code, reason = "no test file uses all of it")]

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::trace::{SpanId, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::Subscriber;
use tracing_error::ErrorLayer;
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{fmt, registry};

/// What the stack brought out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shipped {
    spans: Arc<Mutex<Vec<SpanData>>>,
    lines: Arc<Mutex<Vec<u8>>>,
}

impl SpanExporter for Shipped {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.spans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(batch);
        Ok(())
    }
}

impl io::Write for Shipped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shipped {
    /// A stack that ships here, filtered as a whole or, else, layer by layer.
    pub(crate) fn stack(&self, as_a_whole: bool) -> Box<dyn Subscriber + Send + Sync> {
        let theirs = || Targets::new().with_target("theirs", tracing::Level::TRACE);
        if as_a_whole {
            Box::new(
                registry()
                    .with(self.traces())
                    .with(ErrorLayer::default())
                    .with(self.lines())
                    .with(EnvFilter::new("off,theirs=trace")),
            )
        } else {
            Box::new(
                registry()
                    .with(self.traces().with_filter(theirs()))
                    .with(ErrorLayer::default().with_filter(theirs()))
                    .with(self.lines().with_filter(theirs())),
            )
        }
    }

    fn traces<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> {
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(self.clone())
            .build();
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(provider.tracer("host"))
    }

    fn lines<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> {
        let lines = self.clone();
        fmt::layer()
            .without_time()
            .with_ansi(false)
            .with_span_events(FmtSpan::NEW | FmtSpan::ENTER | FmtSpan::EXIT)
            .with_writer(move || lines.clone())
    }

    /// What was printed, line by line, in an order that does not depend on threads, but for what says
    /// `explicit`.
    pub(crate) fn printed(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&lines);
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !line.contains("explicit"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    }

    /// What was exported: names with those of the spans around, attributes, events, links, in such an order
    /// and with that exception.
    pub(crate) fn exported(&self) -> Vec<String> {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let by_id: HashMap<SpanId, &SpanData> = spans
            .iter()
            .map(|span| (span.span_context.span_id(), span))
            .collect();
        let mut lines: Vec<String> = spans
            .iter()
            .filter(|span| !span.name.contains("explicit"))
            .map(|span| {
                let mut path = vec![span.name.clone()];
                let mut next = span.parent_span_id;
                while let Some(around) = by_id.get(&next) {
                    path.push(around.name.clone());
                    next = around.parent_span_id;
                }
                let attributes: Vec<String> = span
                    .attributes
                    .iter()
                    .filter(|pair| !pair.key.as_str().ends_with("_ns"))
                    .map(|pair| format!("{}={}", pair.key, pair.value))
                    .collect();
                let events = span.events.iter().map(|event| &event.name);
                let events: Vec<_> = events.filter(|name| !name.contains("explicit")).collect();
                let links = span.links.iter().count();
                format!("{path:?} {next} {attributes:?} {events:?} {links}")
            })
            .collect();
        lines.sort();
        lines
    }
}
