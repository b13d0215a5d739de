//! The way of a record from the thread that made it to the queue of its sink.
//!
//! ```text
//!  thread ──▶ its ring ──┐
//!  thread ──▶ its ring ──┼──▶ drainer: by time, redacted ──▶ Tap of each sink
//!  others ──▶ shared ────┘
//! ```
//!
//! A thread writes typed values in place; text is made much later, by the
//! worker that delivers. A full ring refuses and counts. What every record of
//! one callsite and action has in common is its [`Route`], named by number.

mod bytes;
mod carried;
mod carrier;
mod chunk;
mod drain;
mod entry;
mod fork;
mod hub;
mod link;
mod memory;
mod offer;
mod portable;
mod producer;
mod registry;
mod ring;
mod route;
mod scrub;
mod straight;
mod view;
mod wake;

pub use carried::{Carried, CarriedPlan, CarriedStaged, Carries};
pub use carrier::{Carriage, Carrier};
pub use chunk::Chunk;
pub use entry::{Draft, Head, Moment, Timings, Trace};
pub use fork::{in_child, watch_forks};
pub use hub::Hub;
pub(crate) use hub::{RING_BYTES, RINGS_PER_CORE};
pub use link::Link;
pub use portable::Home;
pub use route::{Route, RouteField, RouteHandle};
pub use scrub::{HashText, Hiding, Scrub, hidden_by_name};
pub use view::{RecordView, SpanView, Spans};
pub use wake::Attendant;

#[cfg(test)]
mod tests;
