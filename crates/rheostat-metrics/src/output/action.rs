//! One action of one callsite, ready to record.

use std::sync::{Arc, OnceLock};

use rheostat_core::plan::{Refusals, RefusedValue};
use rheostat_core::program::Program;
use rheostat_core::{Record, StepId};

use super::convert::{Convert, Number};
use super::labels::Labels;
use crate::exemplar::Exemplar;
use crate::registry::{Handle, Metric};
use crate::series::{LabelBuffer, Reading};

/// One action: what it reads, and where it records.
pub(super) struct ActionPlan {
    pub(super) step: StepId,
    pub(super) what: What,
    pub(super) series: Place,
    pub(super) metric: Metric,
    pub(super) refusals: Refusals,
    /// Whether the trace of a record is kept beside what it counts.
    pub(super) exemplars: bool,
}

/// What an action does with a record.
pub(super) enum What {
    /// `count` without a value, or with one that is the same for all.
    Add(u64),
    /// Anything that reads a value.
    Value(How, Program, Convert),
    /// `of = "@open"`
    Open,
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Add,
    Follow,
    Set,
    Raise,
    Lower,
    Observe,
}

/// How an action finds its series.
pub(super) enum Place {
    /// It is always the same and never goes: found once, then kept.
    Kept(Arc<Kept>),
    /// It is always the same, and may expire.
    Fixed(LabelBuffer),
    /// It depends on the record.
    Read(Labels),
}

/// A series that is found once.
pub(super) struct Kept {
    handle: OnceLock<Handle>,
    labels: LabelBuffer,
}

impl Kept {
    pub(super) fn new(labels: LabelBuffer) -> Self {
        Self {
            handle: OnceLock::new(),
            labels,
        }
    }

    #[inline]
    pub(super) fn get(&self, metric: &Metric) -> Option<&Handle> {
        match self.handle.get() {
            Some(handle) => Some(handle),
            None => {
                let found = metric.handle(&self.labels)?;
                Some(self.handle.get_or_init(|| found))
            }
        }
    }
}

impl ActionPlan {
    #[inline]
    pub(super) fn act(&self, record: &Record<'_>) {
        let reading = match &self.what {
            What::Add(amount) => Reading::Add(*amount),
            What::Value(how, program, convert) => match how.read(record, program, convert) {
                Ok(reading) => reading,
                Err(RefusedValue::Missing) => return self.refusals.missing(record, program),
                Err(cause) => return self.refusals.refuse(cause),
            },
            What::Open => return,
        };
        match &self.series {
            Place::Kept(kept) => {
                if let Some(handle) = kept.get(&self.metric) {
                    handle.series.apply(reading);
                    if self.exemplars {
                        self.point(record, reading, |exemplar| handle.point(exemplar));
                    }
                }
            }
            Place::Fixed(labels) => self.apply(labels, record, reading),
            Place::Read(labels) => self.apply(&labels.read(record), record, reading),
        }
    }

    /// The series of a record, kept by the caller.
    pub(super) fn handle(&self, record: &Record<'_>) -> Option<Handle> {
        match &self.series {
            Place::Kept(kept) => kept.get(&self.metric).cloned(),
            Place::Fixed(labels) => self.metric.handle(labels),
            Place::Read(labels) => self.metric.handle(&labels.read(record)),
        }
    }

    #[inline]
    fn apply(&self, labels: &LabelBuffer, record: &Record<'_>, reading: Reading) {
        let family = &self.metric.family;
        family.with(labels, |series| series.apply(reading));
        if self.exemplars {
            self.point(record, reading, |exemplar| {
                family.with(labels, |series| series.point(exemplar));
            });
        }
    }

    #[cold]
    fn point(&self, record: &Record<'_>, reading: Reading, offer: impl FnOnce(Exemplar)) {
        let Some(ids) = record.trace_ids() else {
            return;
        };
        offer(Exemplar {
            trace_id: ids.trace_id.to_be_bytes(),
            span_id: Some(ids.span_id.to_be_bytes()),
            value: reading.number(),
            unix_millis: record.time() / 1_000_000,
        });
    }
}

impl How {
    #[inline]
    fn read(
        self,
        record: &Record<'_>,
        program: &Program,
        convert: &Convert,
    ) -> Result<Reading, RefusedValue> {
        self.reading(convert.number(record.value(program))?)
    }

    #[inline]
    pub(super) fn reading(self, number: Number) -> Result<Reading, RefusedValue> {
        Ok(match self {
            Self::Observe => Reading::Record(number.to_f64()),
            Self::Set => Reading::Set(number.to_f64()),
            Self::Raise => Reading::Shift(number.to_f64()),
            Self::Lower => Reading::Shift(-number.to_f64()),
            Self::Add => match number.amount()? {
                Number::Whole(amount) => Reading::Add(amount),
                Number::Float(amount) => Reading::AddFloat(amount),
            },
            Self::Follow => match number.amount()? {
                Number::Whole(reading) => Reading::Follow(reading),
                // A counter's reading is whole; a float beyond them saturates.
                Number::Float(reading) => Reading::Follow(reading as u64),
            },
        })
    }
}
