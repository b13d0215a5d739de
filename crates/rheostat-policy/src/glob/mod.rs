//! Globs: `shop::**`, `tower-http-*/src/trace/*.rs`, `http_*`, `{db,cache}`.
//!
//! A glob is read once, alternatives spelt out, and then only matched: without
//! allocation, and in time that grows with text times glob and never faster.

mod analysis;
mod braces;
mod matching;
mod parse;
mod pattern;
#[cfg(test)]
mod tests;

pub use pattern::{Glob, GlobKind, MAX_ALTERNATIVES, MAX_BYTES};
