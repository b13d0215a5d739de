//! A sink that acknowledges, and a server for it that can go wrong in every way that servers do.
//!
//! It is what the queue's promises are tested with, and an example of a sink
//! to a server: one connection, one request a batch, an answer for each.
//!
//! ```text
//! sink:   records 2\n  <id> <json>\n  <id> <json>\n
//!         points 1\n   <name>{<label>="<value>"} <from> <to> <amount>\n
//! server: ok\n | later <ms or -> <why>\n | partly <refused> <again> <why>\n | refused <why>\n | denied <why>\n
//! ```

mod answer;
mod fault;
mod serve;
mod server;
mod sink;

pub use fault::Fault;
pub use server::{ReferenceServer, Took};
pub use sink::ReferenceSinks;
