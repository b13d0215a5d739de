//! How a callsite becomes a raw event stream.
//!
//! `stream` hands each record that passes to its sink as data: own fields,
//! those of the enclosing spans, and for a span its timings. What is the same
//! for every record of a callsite is prepared once; on the thread that fires,
//! values are written into that thread's ring and nothing else happens.

#![forbid(unsafe_code)]

mod output;

pub use output::{Stream, Streams};
