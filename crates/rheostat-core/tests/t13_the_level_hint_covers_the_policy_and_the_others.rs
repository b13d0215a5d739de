//! T6, T13: the level hint is the least verbose that covers the policy and the others, and follows
//! each reload; so does the level of the `log` crate where its logger is ours.

mod common;

use common::{Mount, on};
use tracing::level_filters::LevelFilter;

fn rule(level: &str) -> String {
    format!(
        r#"
        [[rules]]
        name = "seen"
        match = {{ target = "app", event = "*", level = "{level}" }}
        count = {{ metric = "seen_total" }}
        "#
    )
}

#[test]
fn the_level_hint_covers_the_policy_and_the_others() {
    let name = "the_level_hint_covers_the_policy_and_the_others";
    on(
        name,
        |case| !case.second_dispatcher,
        |case, world| {
            rheostat_core::log_bridge::install(&world.engine).expect("no logger is installed yet");
            let expect = |level: LevelFilter, log: log::LevelFilter| {
                // A neighbour without a filter wants everything.
                if case.mount == Mount::Subscriber {
                    assert_eq!(LevelFilter::current(), level);
                    assert_eq!(log::max_level(), log);
                } else {
                    assert_eq!(LevelFilter::current(), LevelFilter::TRACE);
                    assert_eq!(log::max_level(), log::LevelFilter::Trace);
                }
            };
            expect(LevelFilter::OFF, log::LevelFilter::Off);
            world.apply(&rule("info"));
            expect(LevelFilter::INFO, log::LevelFilter::Info);
            world.apply(&rule("trace"));
            expect(LevelFilter::TRACE, log::LevelFilter::Trace);
            world.apply(&rule("=warn"));
            expect(LevelFilter::WARN, log::LevelFilter::Warn);
            world.apply("[inventory]\nlevel = \"debug\"");
            expect(LevelFilter::DEBUG, log::LevelFilter::Debug);
            world.apply("");
            expect(LevelFilter::OFF, log::LevelFilter::Off);
        },
    );
}
