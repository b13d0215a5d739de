//! An output that a third party wrote: the last value of a field, on a board
//! that the program itself reads.
//!
//! It adds the action `board` to the language:
//!
//! ```toml
//! board = { slot = "queue", of = "length" }
//! ```

#![forbid(unsafe_code)]

mod board;
mod output;

pub use board::Board;
pub use output::{BoardOutput, Put};
