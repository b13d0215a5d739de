//! What a policy means as a whole, one question a file.

pub(crate) mod built_ins;
pub(crate) mod names;
pub(crate) mod never;
pub(crate) mod overlap;
pub(crate) mod reach;
pub(crate) mod redacted;
pub(crate) mod sites;
pub(crate) mod turns;
pub(crate) mod units;

mod run;

pub use run::{Checked, check, parse};
