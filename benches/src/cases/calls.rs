//! The calls that are measured: every configuration of a job fires the very same callsite.

use std::hint::black_box;

/// A callsite that nobody wants.
pub(crate) fn disabled(times: u64) {
    for n in 0..times {
        tracing::trace!(target: "bench::disabled", n, name = "value");
    }
}

/// An event with two fields.
pub(crate) fn event(times: u64) {
    for n in 0..times {
        tracing::info!(target: "bench::event", n, name = "value");
    }
}

/// An event whose two text fields are labels.
pub(crate) fn labelled(times: u64) {
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        tracing::info!(target: "bench::labelled", method = black_box(method), route = black_box("/orders"));
    }
}

/// An event with a measurement.
pub(crate) fn measured(times: u64) {
    for n in 0..times {
        tracing::info!(target: "bench::measured", seconds = black_box((n & 1023) as f64 / 1000.0));
    }
}

/// A span that is opened, entered, left and closed.
pub(crate) fn span(times: u64) {
    for n in 0..times {
        let _inside = tracing::info_span!(target: "bench::span", "work", n).entered();
    }
}

/// An event with four fields, as a record.
pub(crate) fn record(times: u64) {
    for n in 0..times {
        tracing::info!(target: "bench::record", n, ok = true, seconds = 0.25, name = "value");
    }
}
