//! The policy language: what a text means, and what is wrong with it.
//!
//! Pure: no input or output, no clock, no `tracing`. Text in; a policy and
//! diagnostics out.

#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod expr;
pub mod glob;
pub mod literal;
pub mod model;
pub mod place;
pub mod vocabulary;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use model::CheckedPolicy;
pub use place::{Place, Source};
pub use vocabulary::Vocabulary;
