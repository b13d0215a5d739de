//! The ways from a program to a value.

use super::seen::{Phase, Record};
use crate::names::NameId;
use crate::plan::TestId;
use crate::program::{BuiltInLoad, ErrorSlots, Reach, ScopeLoad};
use crate::scope::{OpenSpan, Timings, field_of};
use crate::value::Value;
use crate::value::text::without_quotes;

impl<'a> Record<'a> {
    /// A captured field, as the language reads it.
    #[inline(always)]
    pub(crate) fn own(&self, slot: crate::capture::SlotId) -> Value<'a> {
        without_quotes(self.slot(slot), self.bump())
    }

    /// A name in the nearest enclosing span that shows a value.
    pub(crate) fn in_scope(&self, load: &ScopeLoad) -> Value<'a> {
        let (level, tests): (_, &[TestId]) = match &load.reach {
            Reach::All => (None, &[]),
            Reach::Level(level) => (Some(*level), &[]),
            Reach::LevelOrWithin(level, tests) => (Some(*level), tests),
            Reach::Within(tests) => (None, tests),
        };
        let mut inside = matches!(load.reach, Reach::All);
        let value = self.scope.value_of(load.name, |span| {
            inside = inside || (!tests.is_empty() && self.passes_any(span, tests));
            inside || level.is_some_and(|level| span.callsite().level <= level)
        });
        without_quotes(value, self.bump())
    }

    /// A name in the nearest enclosing span that passes a test.
    pub(crate) fn of_span(&self, is: TestId, name: NameId) -> Value<'a> {
        self.nearest(is).map_or(Value::Missing, |span| {
            without_quotes(field_of(span, name), self.bump())
        })
    }

    /// The nearest enclosing span that passes a test.
    pub(crate) fn nearest(&self, test: TestId) -> Option<&'a dyn OpenSpan> {
        self.scope
            .spans()
            .find(|span| self.image.facts(span.callsite()).passes(test))
    }

    fn passes_any(&self, span: &dyn OpenSpan, tests: &[TestId]) -> bool {
        let facts = self.image.facts(span.callsite());
        tests.iter().any(|test| facts.passes(*test))
    }

    pub(crate) fn built_in(&self, load: &BuiltInLoad) -> Value<'a> {
        let nanos = |nanos: Option<u64>| match nanos {
            Some(nanos) => Value::Duration(i128::from(nanos)),
            None => Value::Missing,
        };
        let count = |count: Option<u64>| count.map_or(Value::Missing, Value::U64);
        match load {
            BuiltInLoad::Thread => Value::Text(self.bump().alloc_str(self.thread().as_str())),
            BuiltInLoad::Time => Value::Duration(i128::from(self.time())),
            BuiltInLoad::TraceId => self.hex(|ids| (ids.trace_id, 32)),
            BuiltInLoad::SpanId => self.hex(|ids| (u128::from(ids.span_id), 16)),
            BuiltInLoad::SpanName(test) => self
                .nearest(*test)
                .map_or(Value::Missing, |span| Value::Text(self.name_of(span))),
            BuiltInLoad::Elapsed(test) => {
                let opened = self.nearest(*test).and_then(OpenSpan::opened);
                nanos(opened.map(|opened| self.stamp().since(opened)))
            }
            BuiltInLoad::Duration => nanos(self.measured().duration),
            BuiltInLoad::Active => nanos(self.measured().active),
            BuiltInLoad::Busy => nanos(self.measured().busy),
            BuiltInLoad::Idle => nanos(self.measured().idle),
            BuiltInLoad::Polls => count(self.measured().polls),
            BuiltInLoad::Events => count(self.measured().events),
            BuiltInLoad::Error(slots) => self.failed(slots),
        }
    }

    /// The record may outlive its scope's borrow of a callsite only as a copy.
    fn name_of(&self, span: &dyn OpenSpan) -> &'a str {
        self.bump().alloc_str(&span.callsite().name)
    }

    /// Nothing is measured of a span before it closes.
    fn measured(&self) -> Timings {
        self.timings().unwrap_or_default()
    }

    /// `@error` of a span that closed.
    fn failed(&self, slots: &ErrorSlots) -> Value<'a> {
        if self.phase != Phase::Close {
            return Value::Missing;
        }
        let present = |slot: Option<_>| slot.is_some_and(|slot| self.slot(slot).is_some());
        let status = slots.status.map_or(Value::Missing, |slot| self.own(slot));
        let error_event = self.measured().error_event;
        let failed = error_event == Some(true)
            || crate::value::compare::equal(status, Value::Text("ERROR"))
            || present(slots.error)
            || present(slots.exception);
        // A span that opened while nobody asked for its errors may have had one.
        match (failed, error_event) {
            (false, None) => Value::Missing,
            _ => Value::Bool(failed),
        }
    }

    fn hex(&self, part: impl Fn(super::TraceIds) -> (u128, usize)) -> Value<'a> {
        use std::fmt::Write as _;
        let Some((number, digits)) = self.trace_ids().map(part) else {
            return Value::Missing;
        };
        let mut out = bumpalo::collections::String::with_capacity_in(digits, self.bump());
        // Writing into memory of our own cannot fail.
        let _infallible = write!(out, "{number:0digits$x}");
        Value::Text(out.into_bump_str())
    }
}
