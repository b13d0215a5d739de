//! The sink `postgres`: records and metrics as rows, over PostgreSQL's protocol.
//!
//! ```text
//! first batch:  connect ─▶ CREATE TABLE, if asked to ─▶ its columns ─▶ a plan per table
//! each batch:   BEGIN, lock ─▶ in doubt? what is there already ─▶ COPY FROM STDIN ─▶ COMMIT
//! CrateDB:      INSERT … VALUES ($1, …), (…) ON CONFLICT DO NOTHING
//! ```
//!
//! What a table has decides what is written: a column of ours that is not there
//! is left out, and each value is written as the column's own type. So a table
//! that somebody else made works too. After a refusal the plan is made anew,
//! because the table may be another one by then.
//!
//! Rows are sent as text, not in the binary format: the server reads any type
//! from text (a `uuid`, an `inet`, an enum, a domain of somebody else's table),
//! binary only from those whose layout the sender knows.
//!
//! A connection is let go after whatever leaves it in doubt. Where only the answer
//! to `COMMIT` is missing, nobody knows whether the batch is there: the next
//! attempt asks for the numbers of its records first (`known`).

#![forbid(unsafe_code)]

mod batch;
mod cells;
mod connection;
mod ddl;
mod dialect;
mod factory;
mod json;
mod known;
mod options;
mod plan;
mod records;
mod report;
mod setup;
mod sink;
mod table;
mod tls;
mod trouble;
mod ty;
mod write;

pub use factory::{PostgresSinks, all};
