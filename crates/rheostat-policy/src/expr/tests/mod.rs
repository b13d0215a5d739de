//! Expressions in tables: what they are read as, and what is said about the wrong ones.

mod analysis;
mod grammar;
mod mistakes;
mod round_trip;
mod support;
mod types;
