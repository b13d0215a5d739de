//! What is wrong with a policy text, where, why, and one way out.
//!
//! A diagnostic is data; `render` turns it into what a compiler would print.

mod finding;
mod json;
mod render;
mod report;

pub use finding::{Diagnostic, Diagnostics, Edit, Help, Label, Severity};

pub(crate) use json::quoted;
pub(crate) use report::Report;
