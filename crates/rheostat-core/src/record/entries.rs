//! Sets of fields that an output asks for.

use crate::capture::SlotId;
use crate::names::NameId;
use crate::scope::{OpenSpan, field_of};
use crate::value::Value;

/// A callsite's own fields that an output asked its planner for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldSet {
    pub(crate) slots: Box<[(usize, SlotId)]>,
}

impl FieldSet {
    /// The indices of the fields in it, in order of declaration.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().map(|(field, _)| *field)
    }
}

/// What an output asked its planner to show of enclosing spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanFields {
    pub(crate) view: usize,
}

/// One enclosing span as an output may show it.
#[derive(Clone, Copy)]
pub struct SpanInView<'a> {
    pub(crate) span: &'a dyn OpenSpan,
    pub(crate) fields: &'a [(u16, NameId)],
}

impl<'a> SpanInView<'a> {
    /// The span.
    pub fn span(&self) -> &'a dyn OpenSpan {
        self.span
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        &self.span.callsite().name
    }

    /// Its number, unique in the process.
    pub fn id(&self) -> u64 {
        self.span.id()
    }

    /// The fields that are asked for and have a value: index among the span callsite's fields, name, value.
    pub fn fields(&self) -> impl Iterator<Item = (usize, &'static str, Value<'a>)> + use<'a> {
        let span = self.span;
        self.fields.iter().filter_map(move |(field, name)| {
            let field = usize::from(*field);
            let value = field_of(span, *name);
            let shown = span.callsite().fields.get(field)?;
            value.is_some().then_some((field, *shown, value))
        })
    }
}

impl std::fmt::Debug for SpanInView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SpanInView").field(&self.name()).finish()
    }
}
