//! journald's own protocol: a datagram of named fields for each record.
//!
//! Values may hold anything, line feeds and bytes too. What is more than a
//! datagram takes goes as a sealed file in memory, whose descriptor is passed.

mod entry;
mod factory;
mod sealed;

pub(crate) use entry::Journal;
pub use factory::JournaldSinks;
pub(crate) use sealed::pass_sealed;
