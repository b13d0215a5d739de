//! A span on its way to a sink, and what it weighs.

use std::sync::Arc;

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use rheostat_core::ledger::Entry;

use crate::shipping::Shipping;

/// A span that has ended, and the action that ships it.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) data: SpanData,
    pub(crate) shipping: Arc<Shipping>,
}

/// A span that waits; it holds no more of its action than what counts it, so that a queue holds no policy.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(super) data: SpanData,
    pub(super) account: Arc<Entry>,
    pub(super) bytes: usize,
}

impl Finished {
    pub(crate) fn new(data: SpanData, shipping: Arc<Shipping>) -> Self {
        Self { data, shipping }
    }

    /// Offers the span to its sink's pipe.
    pub(crate) fn ship(self) {
        let Self { data, shipping } = self;
        shipping.pipe.offer(data, &shipping.account);
    }
}

impl Waiting {
    pub(super) fn new(data: SpanData, account: &Arc<Entry>) -> Self {
        Self {
            bytes: size_of_span(&data),
            data,
            account: Arc::clone(account),
        }
    }
}

/// Something of each thread that ends before most others of its kind.
struct Here;

impl Drop for Here {
    fn drop(&mut self) {}
}

thread_local! {
    static HERE: Here = const { Here };
}

/// Notes that this thread runs, so that its end is seen.
pub(crate) fn note_thread() {
    // It fails only where `is_ending` says so already.
    let _ = HERE.try_with(|_| ());
}

/// Whether this thread unwinds, or runs the destructors of its thread-locals.
pub(super) fn is_ending() -> bool {
    std::thread::panicking() || HERE.try_with(|_| ()).is_err()
}

/// About how much memory a span holds.
fn size_of_span(data: &SpanData) -> usize {
    let attributes = |all: &[KeyValue]| -> usize { all.iter().map(size_of_attribute).sum() };
    let events: usize = data
        .events
        .iter()
        .map(|event| size_of_val(event) + event.name.len() + attributes(&event.attributes))
        .sum();
    let links: usize = data
        .links
        .iter()
        .map(|link| size_of_val(link) + attributes(&link.attributes))
        .sum();
    size_of_val(data) + data.name.len() + attributes(&data.attributes) + events + links
}

fn size_of_attribute(attribute: &KeyValue) -> usize {
    let text = match &attribute.value {
        Value::String(text) => text.as_str().len(),
        Value::Array(array) => array.to_string().len(),
        _ => 0,
    };
    size_of_val(attribute) + text
}
