//! The output behind `log`.

use rheostat_core::flow::{Carried, Carries};
use rheostat_policy::first_party::log_def;
use rheostat_policy::vocabulary::ActionDef;

/// Turns the records of callsites into readable lines at their sinks.
pub type Logs = Carried<Log>;

/// The action `log`.
#[derive(Debug)]
pub enum Log {}

impl Carries for Log {
    fn action() -> ActionDef {
        log_def()
    }
}
