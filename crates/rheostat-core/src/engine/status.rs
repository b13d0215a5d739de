//! What the engine can say about itself.

use std::sync::Arc;

use tracing_core::LevelFilter;

use super::apply::Generation;
use super::core::Engine;
use crate::output::Output;
use crate::spans;
use crate::stats::Sample;

/// The engine at one moment.
#[derive(Clone, Debug)]
pub struct Status {
    /// The policy in force; 0 before the first.
    pub generation: Generation,
    /// Its rules, in file order.
    pub rules: Vec<RuleStatus>,
    /// The least verbose level that covers it.
    pub level_hint: LevelFilter,
    /// The level beyond which callsites are compiled out.
    pub static_max_level: LevelFilter,
    /// Whether a mount is installed, and whether it is the default of the thread that asks.
    pub mounted: bool,
    /// See [`Status::mounted`].
    pub is_default_here: bool,
    /// Replaced tables that some thread may still be reading.
    pub unfreed_tables: usize,
    /// Open spans that are kept.
    pub open_spans: usize,
    /// Bytes that open spans have captured.
    pub captured_bytes: usize,
    /// Spans, and later fields of spans, that were over a cap.
    pub unkept_spans: u64,
    /// Records that fired inside a callback of ours.
    pub reentrant: u64,
    /// Values whose formatting panicked.
    pub debug_panics: u64,
}

/// One rule at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleStatus {
    /// Its name, or `rule N`.
    pub name: Arc<str>,
    /// Whether it takes part: enabled, and not ended by itself.
    pub live: bool,
}

impl<O: Output> Engine<O> {
    /// What there is to say now. Looks at every open span.
    pub fn status(&self) -> Status {
        let era = self.era();
        let rules = era.as_ref().map_or_else(Vec::new, |era| {
            era.image
                .policy()
                .rules
                .iter()
                .map(|rule| RuleStatus {
                    name: rule.shown_name().into(),
                    live: era.image.is_live(rule),
                })
                .collect()
        });
        Status {
            generation: Generation(era.as_ref().map_or(0, |era| era.image.generation())),
            rules,
            level_hint: self.level_hint(),
            static_max_level: self.static_max_level,
            mounted: self.dispatch.get().is_some(),
            is_default_here: self.is_default_here(),
            unfreed_tables: self.unfreed.load(std::sync::atomic::Ordering::Relaxed),
            open_spans: spans::all().count_open(self.number()),
            captured_bytes: spans::all().captured_bytes(),
            unkept_spans: self.unkept.load(std::sync::atomic::Ordering::Relaxed),
            reentrant: crate::internal::reentrant(),
            debug_panics: crate::capture::debug_panics(),
        }
    }

    /// What it counts of itself and of its rules, for outputs that expose metrics. Looks at every open span.
    pub fn samples(&self) -> Vec<Sample> {
        let status = self.status();
        let mut samples = self.era().map_or_else(Vec::new, |era| era.image.samples());
        samples.extend([
            Sample::gauge(
                "rheostat_spans_open",
                "Open spans that are kept for a rule.",
                status.open_spans as u64,
            ),
            Sample::counter(
                "rheostat_spans_unkept_total",
                "Spans, and later fields of spans, that were over a cap and not kept.",
                status.unkept_spans,
            ),
            Sample::counter(
                "rheostat_reentrant_total",
                "Records that fired inside a callback of ours, such as from a `Debug`, and were left alone.",
                status.reentrant,
            ),
            Sample::counter(
                "rheostat_debug_panics_total",
                "Values whose `Debug` or `Display` panicked; they are missing in their records.",
                status.debug_panics,
            ),
            Sample::gauge(
                "rheostat_records_in_rings",
                "Records in the threads' rings, not yet handed to the queues of their sinks.",
                crate::flow::Hub::global().waiting() as u64,
            ),
            Sample::gauge(
                "rheostat_memory_bytes",
                "Memory that is held, by part.",
                status.captured_bytes as u64,
            )
            .with("part", "spans"),
            Sample::gauge(
                "rheostat_memory_bytes",
                "Memory that is held, by part.",
                crate::flow::Hub::global().memory() as u64,
            )
            .with("part", "rings"),
        ]);
        samples
    }
}
