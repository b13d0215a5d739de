//! A sink that a third party wrote: records as comma-separated values.
//!
//! It adds a type of sink to the language:
//!
//! ```toml
//! [sinks.table]
//! type = "csv"
//! path = "events.csv"
//! ```

#![forbid(unsafe_code)]

mod encode;
mod factory;
mod sink;

pub use factory::CsvFactory;
