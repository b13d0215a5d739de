//! Where a span goes when it has ended.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use rheostat_core::flow::in_child;

use crate::pipe::{Finished, note_thread};
use crate::span::ending;

/// Sends a finished span to its sink's pipe, or to its trace while that waits.
///
/// Runs inside the end of the span, on the program's thread: it copies nothing,
/// and waits only at a sink that says `full = "block"`.
pub(crate) struct Dispatcher;

impl SpanProcessor for Dispatcher {
    fn on_start(&self, _span: &mut Span, _cx: &Context) {
        note_thread();
    }

    fn on_end(&self, mut data: SpanData) {
        // What is open at a fork is the parent's to ship.
        if in_child() {
            return;
        }
        let Some(shipped) = ending() else {
            return;
        };
        keep_last(&mut data.attributes);
        let finished = Finished::new(data, shipped.shipping.clone());
        match shipped.held() {
            Some(trace) => trace.finish(finished),
            None => finished.ship(),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dispatcher")
    }
}

/// A field recorded again is one attribute, with what was recorded last: readers demand unique keys.
fn keep_last(attributes: &mut Vec<KeyValue>) {
    let mut seen = HashSet::with_capacity(attributes.len());
    let doubled = attributes
        .iter()
        .any(|attribute| !seen.insert(&attribute.key));
    drop(seen);
    if doubled {
        let mut last: Vec<KeyValue> = Vec::with_capacity(attributes.len());
        for attribute in attributes.drain(..) {
            match last.iter_mut().find(|held| held.key == attribute.key) {
                Some(held) => *held = attribute,
                None => last.push(attribute),
            }
        }
        *attributes = last;
    }
}
