//! What the shop's tests share: a shop in a process of its own, its load, its
//! scrape, and the real programs that look at it.
#![allow(dead_code, reason = "each test file uses the parts it needs")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub(crate) mod collector;
pub(crate) mod expected;
pub(crate) mod http;
pub(crate) mod process;
pub(crate) mod real;
pub(crate) mod scrape;
pub(crate) mod shop;
pub(crate) mod spans;
pub(crate) mod wait;
