//! Random policies and random programs over one pool of callsites.
//!
//! Names, targets and values come from small pools, so that rules, spans and events meet often.

mod action;
mod expression;
mod plain;
mod policy;
mod program;
mod sites;

pub(crate) use sites::pool;

use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{Site, Step};

/// The names of fields.
pub(crate) const FIELDS: &[&str] = &[
    "a",
    "b",
    "status",
    "elapsed",
    "tenant",
    "http.route",
    "message",
    "error",
    "otel.status_code",
];

/// A policy text and a program; one in three is of the plainest kind.
pub(crate) fn policy_and_steps(
    sites: &'static [Site],
) -> impl Strategy<Value = (String, Vec<Step>)> {
    prop_oneof![
        4 => (policy::policy(), program::steps(sites)),
        1 => (plain::policy(), plain::steps(sites)),
        1 => (plain::policy(), program::steps(sites)),
    ]
}

/// One of these texts.
fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(words).prop_map(str::to_owned)
}

/// One strategy where it makes sense, else another.
fn where_fit<T: std::fmt::Debug>(
    fits: bool,
    one: impl Strategy<Value = T> + 'static,
    other: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<T> {
    if fits { one.boxed() } else { other.boxed() }
}
