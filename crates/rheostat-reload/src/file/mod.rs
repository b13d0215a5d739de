//! A policy in a file: every way a file gets saved.
//!
//! ```text
//! notice   what the system tells of the watched folders        (eyes)
//! trail    which folders those are: one per symlink on the way  (where to look)
//! settle   when what was seen counts as saved                   (judgement, pure)
//! complete whether a text can be a whole policy at all
//! ```
//!
//! A notice is only ever a reason to look: what counts is what `stat` and the
//! bytes say, and every two seconds the bytes are compared without a reason,
//! for file systems that notify nobody.

mod complete;
mod eye;
mod notice;
mod settle;
mod source;
mod trail;

pub use source::FileSource;
