//! Spans that stay open.

use std::time::Instant;

use tracing::Span;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::cases::global;
use crate::memory;

const SLOTS: usize = 200;
const OPERATIONS: u32 = 500;

pub(super) fn one_more(open: usize) -> Result<f64, String> {
    let _telemetry = installed("histogram = { metric = 'open_seconds', of = '@duration' }")?;
    Ok(timed(open))
}

pub(super) fn one_more_of_registry(open: usize) -> Result<f64, String> {
    let _installed = global(tracing_subscriber::registry());
    Ok(timed(open))
}

pub(super) fn memory(open: usize) -> Result<f64, String> {
    let _telemetry =
        installed("count = { metric = 'opened_total', labels = ['method'], on = 'close' }")?;
    weighed(open)
}

pub(super) fn memory_of_registry(open: usize) -> Result<f64, String> {
    let fields = tracing_subscriber::fmt::layer().with_writer(std::io::sink);
    let _installed = global(tracing_subscriber::registry().with(fields));
    weighed(open)
}

fn installed(action: &str) -> Result<rheostat::Guard, String> {
    let text = format!(
        "version = 1\n[[rules]]\nmatch = {{ target = 'scale::open', span = '*' }}\n{action}\n"
    );
    let built = rheostat::builder().policy_text(text).init();
    built.map_err(|error| error.to_string())
}

fn opened(open: usize) -> Vec<Span> {
    (0..open)
        .map(|n| tracing::info_span!(target: "scale::open", "open", n, method = "GET"))
        .collect()
}

/// Bytes a span.
fn weighed(open: usize) -> Result<f64, String> {
    drop(opened(1));
    let before = memory::allocated();
    let spans = opened(open);
    let own = (spans.capacity() * size_of::<Span>()) as u64;
    let grown = memory::allocated()
        .saturating_sub(before)
        .saturating_sub(own);
    Ok(grown as f64 / open as f64)
}

/// Nanoseconds to open, enter, leave and close one more, at least.
fn timed(open: usize) -> f64 {
    let _spans = opened(open);
    let mut least = f64::INFINITY;
    for _ in 0..SLOTS {
        let begun = Instant::now();
        for n in 0..OPERATIONS {
            let _inside =
                tracing::info_span!(target: "scale::open", "one more", n, method = "GET").entered();
        }
        least = least.min(begun.elapsed().as_nanos() as f64 / f64::from(OPERATIONS));
    }
    least
}
