//! The reference of the language, generated from the definitions that the parser reads.
//!
//! The prose between the tables is in `text/`; every table, and the index of
//! diagnostics, is generated. Tests check that each example in it is accepted.

mod document;
mod tables;
mod words;

pub use document::markdown;
pub use tables::keys;
