//! Which callsites a rule's selectors accept: decided once per callsite.

mod rule;
mod selector;

pub(crate) use rule::{acts, could_match, is_excepted, is_matched};
pub(crate) use selector::{accepts, verbosity};
