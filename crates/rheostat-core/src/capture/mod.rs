//! Taking the values of fields out of a record, once, and only those somebody needs.
//!
//! A [`CapturePlan`] says which fields go into which slots; one visit fills the
//! slots; a [`Blob`] keeps what a span must remember.

mod blob;
mod plan;
mod scratch;
#[cfg(test)]
mod tests;
mod visit;

pub use blob::Blob;
pub use plan::{CaptureBuilder, CapturePlan, SlotId};
pub(crate) use scratch::KEPT_BYTES;
pub use scratch::Scratch;
pub use visit::{Fields, debug_panics, formatted};
pub(crate) use visit::{Stage, capture, capture_rest, fill_from_span};
