//! What every callsite does now, and how it is read while it is replaced.

#[cfg(all(loom, test))]
mod model;
mod open;
mod swapped;

pub(crate) use open::{Entry, Found, InnerInterest, Inserted, Table};
pub(crate) use swapped::{Retired, Swapped};
