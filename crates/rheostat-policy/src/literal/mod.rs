//! Literals: durations, sizes, rates and ratios, as policies write them and as
//! texts of running programs hold them.
//!
//! The first four functions read what a person wrote and say what is wrong with
//! it. Those under [`text`](read_number) read what a program printed: they never
//! allocate and never explain, since a text that is no number is no mistake.

mod decimal;
mod duration;
mod error;
mod number;
mod plain;
mod quoted;
mod rate;
mod size;
#[cfg(test)]
mod tests;

pub(crate) use duration::is_unit as is_time_unit;
pub use duration::{duration, duration_nanos, format_duration, format_nanos, read_duration_text};
pub(crate) use error::shortened;
pub use error::{LiteralError, LiteralKind};
pub use number::{Number, leading_number, read_number};
pub use plain::number;
pub use quoted::{unquote, unwrap_option};
pub use rate::{Rate, format_ratio, rate, ratio};
pub(crate) use size::is_unit as is_size_unit;
pub use size::{format_size, read_size_text, size};
