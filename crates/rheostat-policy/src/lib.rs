//! The policy language: what a text means, and what is wrong with it.
//!
//! Pure: no input or output, no clock, no `tracing`. Text in; a policy and
//! diagnostics out.

#![forbid(unsafe_code)]

pub mod check;
pub mod codes;
pub mod diagnostic;
pub mod environment;
pub mod expr;
pub mod first_party;
#[doc(hidden)]
pub mod fuzz;
pub mod glob;
pub mod language;
pub mod literal;
pub mod model;
pub mod place;
pub mod problem;
mod read;
pub mod reference;
pub mod schema;
pub mod suggest;
mod toml;
pub mod vocabulary;

pub use check::{Checked, check, parse};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use environment::{Environment, MapEnvironment, NoEnvironment};
pub use model::CheckedPolicy;
pub use place::{Place, Source};
pub use problem::Problem;
pub use vocabulary::Vocabulary;
