//! The output behind `stream`.

use rheostat_core::flow::{Carried, Carries};
use rheostat_policy::first_party::stream_def;
use rheostat_policy::vocabulary::ActionDef;

/// Turns the records of callsites into raw records of their sinks.
pub type Streams = Carried<Stream>;

/// The action `stream`.
#[derive(Debug)]
pub enum Stream {}

impl Carries for Stream {
    fn action() -> ActionDef {
        stream_def()
    }
}
