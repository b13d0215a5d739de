//! Taking the values of fields out of a record, once, and only those somebody needs.
//!
//! A [`CapturePlan`] says which fields go into which slots; one visit fills the
//! slots; a [`Blob`] keeps what a span must remember.

mod blob;
mod plan;
mod scratch;
mod visit;

pub use blob::Blob;
pub use plan::{CaptureBuilder, CapturePlan, SlotId};
pub use scratch::Scratch;
pub(crate) use scratch::with_scratch;
pub use visit::{Fields, debug_panics};
pub(crate) use visit::{capture, fill_from_span};
