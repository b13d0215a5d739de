//! A policy text as a tree of values that know where they stand.
//!
//! The TOML parser recovers from mistakes, so a tree always comes back; what
//! it could not read is a diagnostic. Entries are in the order of the text.

mod parse;
mod spelled;
mod tree;

pub(crate) use parse::{parse, parse_value};
pub(crate) use spelled::source_offset;
pub(crate) use tree::{Entry, Node, Table, Value};
