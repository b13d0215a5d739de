//! Targets of the `log` crate can be made up while the program runs; those beyond what is remembered
//! are judged one by one, and count for the spans around them all the same.

mod common;

use common::{Case, on};
use log::{Level, Record};

const POLICY: &str = r#"
    [[rules]]
    name = "failed"
    match = { target = "app", span = "*" }
    where = "@error"
    count = { metric = "failed_total", labels = { events = "@events" } }
"#;

/// More than are remembered.
const TARGETS: usize = 5_000;

fn say(level: Level, target: &str) {
    let logger = log::logger();
    let mut record = Record::builder();
    let record = record.level(level).target(target);
    logger.log(&record.args(format_args!("said")).build());
}

#[test]
fn errors_of_the_log_crate_count_from_wherever_they_come() {
    let asked = |case: Case| case.global && !case.second_dispatcher;
    let name = "errors_of_the_log_crate_count_from_wherever_they_come";
    on(name, asked, |_, world| {
        rheostat_core::log_bridge::install(&world.engine).expect("no logger is installed yet");
        world.apply(POLICY);
        for number in 0..TARGETS {
            say(Level::Info, &format!("made_up_{number}"));
        }
        let span = tracing::info_span!(target: "app", "request");
        span.in_scope(|| {
            say(Level::Info, "another");
            say(Level::Error, "and_another");
        });
        drop(span);
        assert_eq!(world.heard(), ["failed close events=2"]);
    });
}
