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

/// The same with an event inside, for a peer that times from event to event.
pub(crate) fn span_with_event(times: u64) {
    for n in 0..times {
        let _inside = tracing::info_span!(target: "bench::span", "work", n).entered();
        tracing::info!(target: "bench::span", "done");
    }
}

/// An event with four fields, as a record.
pub(crate) fn record(times: u64) {
    for n in 0..times {
        tracing::info!(target: "bench::record", n, ok = true, seconds = 0.25, name = "value");
    }
}

/// An event whose two labels are written by `Debug` and `Display`.
pub(crate) fn formatted(times: u64) {
    for n in 0..times {
        let method = if n & 1 == 0 { "GET" } else { "POST" };
        tracing::info!(target: "bench::formatted", method = ?black_box(method), route = %black_box("/orders"));
    }
}

/// An event that two comparisons are asked about, neither of which holds.
pub(crate) fn compared(times: u64) {
    for n in 0..times {
        tracing::info!(target: "bench::compared", status = black_box(n & 255), seconds = black_box(0.25));
    }
}

/// An event inside a span.
pub(crate) fn inside(times: u64) {
    let _inside =
        tracing::info_span!(target: "bench::inside", "request", route = "/orders").entered();
    for n in 0..times {
        tracing::info!(target: "bench::inside", n);
    }
}

/// The same event, the label being its own field.
pub(crate) fn outside(times: u64) {
    let _inside =
        tracing::info_span!(target: "bench::inside", "request", route = "/orders").entered();
    for n in 0..times {
        tracing::info!(target: "bench::inside", n, route = black_box("/orders"));
    }
}
