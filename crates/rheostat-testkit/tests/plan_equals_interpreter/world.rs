//! A small program: its callsites, and what it does with them, one step after another.

use std::collections::BTreeMap;

use rheostat_policy::model::Level;

/// The callsites and the steps.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) sites: Vec<Site>,
    pub(crate) steps: Vec<Step>,
}

/// A callsite.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) is_span: bool,
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) module: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) level: Level,
    pub(crate) fields: Vec<String>,
}

/// What the program does next. Spans are numbered in the order in which they open.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Open {
        site: usize,
        parent: Parent,
        values: Vec<(usize, Recorded)>,
    },
    Enter(usize),
    Exit(usize),
    Record {
        span: usize,
        values: Vec<(usize, Recorded)>,
    },
    /// The program lets go of its handle.
    Close(usize),
    Event {
        site: usize,
        parent: Parent,
        values: Vec<(usize, Recorded)>,
    },
    /// Time passes, in nanoseconds.
    Wait(u64),
}

/// Where something hangs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parent {
    Context,
    Root,
    Of(usize),
}

/// A value as a macro hands it over.
#[derive(Clone, Debug)]
pub(crate) enum Recorded {
    Empty,
    Bool(bool),
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Text(String),
    /// `?x` or `%x`: this is what the formatter writes.
    Formatted(String),
    Error(String),
    Bytes(Vec<u8>),
}

/// What came of it, in an order that does not depend on how it was computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Came {
    /// One line for each record, in the order of the steps.
    pub(crate) lines: Vec<String>,
    /// How many records of each rule came to which end at each sink.
    pub(crate) matched: BTreeMap<String, u64>,
}
