//! One time series: its labels, its cells, and how it is found.

mod key;
mod one;
mod table;

pub(crate) use key::values;
pub use key::{LabelBuffer, MAX_LABEL};
pub(crate) use one::{Series, State};
pub(crate) use table::{Keyed, Retired, Table};
