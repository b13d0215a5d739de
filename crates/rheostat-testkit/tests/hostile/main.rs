//! Programs that do their worst, each in a process of its own on every mount: the program goes on,
//! all other records are there, and what is lost is what was provoked, under its cause.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![cfg(unix)]

mod destinations;
mod program;
mod reentry;
mod values;
mod world;
