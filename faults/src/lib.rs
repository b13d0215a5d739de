//! Every sink under every fault that its protocol has.
//!
//! [`table::ALL`] says which sinks there are, what *delivered* means for each
//! and which faults its protocol has. A `trial` is one sink under one fault:
//! a program of its own (`rheostat-faults child`) fires before, during and
//! after it, and what arrived is compared with what the program's ledger says.
//! `kills` ends such programs by `kill -9` while they fire, and compares
//! every number.
//!
//! ```text
//!  parent: table ──▶ trial ──▶ outcome ──▶ docs/faults.md
//!                     │  ▲
//!             control ▼  │ what arrived
//!                   child ──▶ (relay) ──▶ place: a server, or a reader of ours
//! ```
//!
//! The tests run all of it with short faults and three kills; `cargo xtask
//! deep faults` with long ones and fifty, and writes `docs/faults.md`.
//!
//! A sink is added by an entry of the table, and a place: how its server
//! starts, which keys a policy needs to reach it, and what has arrived there.

pub mod canary;
pub mod child;
mod compare;
mod control;
pub mod echo;
mod fault;
mod judge;
mod kills;
mod names;
pub mod peer;
mod place;
mod places;
mod program;
pub mod rates;
pub mod report;
pub mod run;
pub mod table;
mod trial;

pub use fault::Fault;
pub use judge::Outcome;
pub use place::{Place, Reach, Says, Subject};
