//! One time series: its labels, its cells, and how it is found.

mod adder;
mod foreign;
mod key;
mod one;
mod reading;
mod table;

pub(crate) use adder::Adder;
pub(crate) use foreign::Foreign;
pub use key::{LabelBuffer, MAX_LABEL};
pub(crate) use key::{hash, values};
pub(crate) use one::{Series, State};
pub(crate) use reading::Reading;
pub(crate) use table::{Keyed, Retired, Table};
