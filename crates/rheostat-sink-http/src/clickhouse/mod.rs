//! The sink `clickhouse`: records and metrics as rows of tables.
//!
//! ```text
//! first batch:  version() ─▶ CREATE TABLE, if asked to ─▶ system.columns ─▶ a plan per table
//! each batch:   plan + records ─▶ RowBinary ─▶ INSERT, with the batch's token
//! ```
//!
//! What a table has decides what is written: a column of ours that is not there
//! is left out, and each value is written as the column's own type. So a table
//! that somebody else made works too. After a refusal the plan is made anew,
//! because the table may be another one by then.

mod binary;
mod columns;
mod ddl;
mod factory;
mod insert;
mod metrics;
mod records;
mod setup;
mod sink;
mod trouble;
mod ty;
mod version;

pub use factory::ClickHouseSinks;
