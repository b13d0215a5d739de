//! Callsites as the engine knows them: a dense number and what never changes.

use std::borrow::Cow;

use rheostat_policy::model::Level;
use tracing_core::Metadata;

/// The number of a callsite: given once, in order of registration, never reused.
///
/// Whatever outlives a callback (spans, rings, handles) keeps this number,
/// never a pointer into a table of plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallsiteId(pub u32);

/// What kind of thing a callsite makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallsiteKind {
    /// `event!` and its kin, and records of the `log` crate.
    Event,
    /// `span!` and its kin.
    Span,
    /// `enabled!`.
    Hint,
}

/// What is known of a callsite before it fires.
#[derive(Clone, Debug)]
pub struct Callsite {
    /// Its number.
    pub id: CallsiteId,
    /// What it makes.
    pub kind: CallsiteKind,
    /// Its name; `log` for records of the `log` crate.
    pub name: Cow<'static, str>,
    /// Its target; the record's own for records of the `log` crate, like the next three.
    pub target: Cow<'static, str>,
    /// Its module path.
    pub module: Option<Cow<'static, str>>,
    /// Its file.
    pub file: Option<Cow<'static, str>>,
    /// Its line.
    pub line: Option<u32>,
    /// Its level.
    pub level: Level,
    /// The names of its fields, in order of declaration; a position is a field's index.
    pub fields: Box<[&'static str]>,
    /// `tracing`'s own description; `None` for records of the `log` crate.
    pub metadata: Option<&'static Metadata<'static>>,
}

impl Callsite {
    /// The index of a declared field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| *field == name)
    }

    /// `target@file:line`, as `@callsite` shows it.
    pub fn shown(&self) -> String {
        let file = self.file.as_deref().unwrap_or("");
        match self.line {
            Some(line) => format!("{}@{file}:{line}", self.target),
            None => format!("{}@{file}", self.target),
        }
    }
}
