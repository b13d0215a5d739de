//! A logger that is called from inside itself.

use std::fmt;

use rheostat_core::log_bridge;

use crate::world::hostile;

/// Logs to the `log` crate while the `log` crate's logger formats it.
struct Again;

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log::warn!(target: "app", "from inside the logger");
        f.write_str("again")
    }
}

#[test]
fn a_logger_that_reenters_costs_what_it_logs_and_nothing_else() {
    let name = "reentry::a_logger_that_reenters_costs_what_it_logs_and_nothing_else";
    hostile(name, "", |world| {
        log_bridge::install(world.kit.engine()).expect("no logger is installed yet");
        world.kit.engine().installed();
        for _ in 0..5 {
            log::info!(target: "app", "{}", Again);
            log::info!(target: "app", "fine");
        }
        world.flush();
        assert_eq!(world.kit.counter("records_total", &[]), 10);
        let text = std::fs::read_to_string(world.path("kept")).expect("the sink made the file");
        let count = |message: &str| text.matches(&format!("\"message\":\"{message}\"")).count();
        assert_eq!((count("again"), count("fine")), (5, 5), "{text}");
        assert_eq!(text.lines().count(), 10);
        assert_eq!(world.kit.engine().status().reentrant, 5);
    });
}
