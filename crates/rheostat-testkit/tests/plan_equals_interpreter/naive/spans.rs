//! The spans of a world while its steps are run, with everything they were ever told.

use std::collections::BTreeMap;

use super::value::Value;
use crate::world::{Recorded, Site};

/// A span that exists, open or closed.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) site: usize,
    pub(crate) parent: Option<usize>,
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) opened: i128,
    pub(crate) first_entered: Option<i128>,
    pub(crate) last_exited: Option<i128>,
    pub(crate) entered_at: Option<i128>,
    pub(crate) busy: i128,
    pub(crate) polls: i128,
    pub(crate) events: i128,
    pub(crate) error: bool,
    /// Handles, entries and open children that keep it.
    pub(crate) holders: usize,
}

impl Span {
    pub(crate) fn new(site: usize, parent: Option<usize>, now: i128) -> Self {
        Self {
            site,
            parent,
            values: BTreeMap::new(),
            opened: now,
            first_entered: None,
            last_exited: None,
            entered_at: None,
            busy: 0,
            polls: 0,
            events: 0,
            error: false,
            holders: 1,
        }
    }
}

/// Adds recorded values; an empty one leaves what is there.
pub(crate) fn record(
    values: &mut BTreeMap<String, Value>,
    site: &Site,
    recorded: &[(usize, Recorded)],
) {
    for (index, value) in recorded {
        let value = match value {
            Recorded::Empty => continue,
            Recorded::Bool(value) => Value::Bool(*value),
            Recorded::I64(value) => Value::integer(i128::from(*value)),
            Recorded::U64(value) => Value::integer(i128::from(*value)),
            Recorded::I128(value) => Value::integer(*value),
            Recorded::U128(value) => Value::Number(super::number::Number::unsigned(*value)),
            Recorded::F64(value) => Value::Number(super::number::Number::Float(*value)),
            Recorded::Text(text) | Recorded::Error(text) => Value::Text(text.clone()),
            Recorded::Formatted(text) => Value::Formatted(text.clone()),
            Recorded::Bytes(bytes) => Value::Bytes(bytes.clone()),
        };
        values.insert(site.fields[*index].clone(), value);
    }
}

/// A span and all around it, nearest first.
pub(crate) fn chain(spans: &[Span], from: Option<usize>) -> Vec<usize> {
    std::iter::successors(from, |span| spans[*span].parent).collect()
}
