//! Where a program finds the value of a ref.

use crate::capture::SlotId;
use crate::names::NameId;
use crate::plan::TestId;
use rheostat_policy::model::Level;

/// One way to a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Load {
    /// A captured field of the record.
    Slot(SlotId),
    /// The nearest enclosing span that shows a value.
    Scope(ScopeLoad),
    /// The record's own field, else the nearest enclosing span that shows a value.
    SlotThenScope(SlotId, ScopeLoad),
    /// A field of the nearest enclosing span that passes a test by name.
    OfSpan { is: TestId, name: NameId },
    /// A built-in that is known only when the record fires.
    BuiltIn(BuiltInLoad),
}

/// A name looked up in the enclosing spans.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScopeLoad {
    pub(crate) name: NameId,
    pub(crate) reach: Reach,
}

/// Which enclosing spans a name is looked up in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reach {
    /// Every one: the record is itself the span of `within`.
    All,
    /// Those at this level or more severe.
    Level(Level),
    /// Those, the nearest one that passes one of these tests, and all around that one.
    LevelOrWithin(Level, Box<[TestId]>),
    /// Only the nearest one that passes one of these tests, and all around that one.
    Within(Box<[TestId]>),
}

/// A built-in that is known only when the record fires.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BuiltInLoad {
    Thread,
    Time,
    TraceId,
    SpanId,
    /// The name of the nearest span that passes the test.
    SpanName(TestId),
    /// Since the nearest span that passes the test opened.
    Elapsed(TestId),
    Duration,
    Active,
    Busy,
    Idle,
    Polls,
    Events,
    Error(ErrorSlots),
}

/// The fields by which a span says that it failed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ErrorSlots {
    pub(crate) status: Option<SlotId>,
    pub(crate) error: Option<SlotId>,
    pub(crate) exception: Option<SlotId>,
}
