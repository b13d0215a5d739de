//! T14: records of the `log` crate share five callsites; rules match their real target, module, file
//! and line, whether they come through our own logger or a `LogTracer`, and the others still get them.

mod common;

use common::{Mount, on};

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "legacy::db", event = "log", level = "info" }
    count = { metric = "seen_total", labels = ["@level", "@target", { text = "@message" }, "tenant"] }
    [[rules]]
    name = "of the bridge"
    match = { target = "log", event = "*" }
    count = { metric = "bridge_total" }
"#;

fn fire() {
    log::info!(target: "legacy::db", "{} rows", 3);
    log::debug!(target: "legacy::db", "too verbose");
    log::warn!(target: "legacy::http", "not asked for");
}

fn check(case: common::Case, world: &common::World) {
    world.apply(POLICY);
    let span = tracing::info_span!(target: "app", "request", tenant = "acme");
    span.in_scope(fire);
    assert_eq!(
        world.heard(),
        ["seen level=info target=legacy::db tenant=acme text=3 rows"]
    );
    if case.mount != Mount::Subscriber {
        let told = world.neighbour.lines();
        let seen = told.iter().filter(|line| line.starts_with("event")).count();
        assert_eq!(seen, 3, "{told:?}");
    }
}

#[test]
fn log_records_come_through_our_own_logger() {
    on(
        "log_records_come_through_our_own_logger",
        |_| true,
        |case, world| {
            rheostat_core::log_bridge::install(&world.engine).expect("no logger is installed yet");
            check(case, world);
            let taken = rheostat_core::log_bridge::install(&world.engine);
            assert_eq!(taken, Err(rheostat_core::log_bridge::Taken));
        },
    );
}

#[test]
fn log_records_come_through_a_log_tracer() {
    on(
        "log_records_come_through_a_log_tracer",
        |_| true,
        |case, world| {
            tracing_log::LogTracer::init().expect("no logger is installed yet");
            assert!(rheostat_core::log_bridge::install(&world.engine).is_err());
            check(case, world);
        },
    );
}
