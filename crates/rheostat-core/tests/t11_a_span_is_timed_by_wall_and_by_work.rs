//! T11: a span that waits for a clone or a child closes late, so there are other measures than the
//! time until it closes; exits happen at every poll.

mod common;

use std::time::Duration;

use common::{Telling, policy};
use rheostat_core::clock::Clock;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use tracing::dispatcher::with_default;

const POLICY: &str = r#"
    [[rules]]
    name = "span"
    match = { target = "app", span = "job" }
    count = { metric = "jobs_total", labels = ["@duration", "@active", "@busy", "@idle", "@polls", "@events", "@error"] }
    [[rules]]
    name = "elapsed"
    match = { target = "app", event = "*", fields = ["tell"] }
    within = { target = "app", span = "job" }
    count = { metric = "elapsed_total", labels = ["@elapsed"] }
"#;

#[test]
fn a_span_is_timed_by_wall_and_by_work() {
    let clock = Clock::manual(0);
    let options = Options {
        clock: clock.clone(),
        ..Options::default()
    };
    let engine = Engine::new(Telling::brief(), options);
    let root = tracing::Dispatch::new(Root::subscriber(engine.clone()));
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    let later = |ms| clock.advance(Duration::from_millis(ms));
    with_default(&root, || {
        let job = tracing::info_span!(target: "app", "job");
        later(10);
        for _ in 0..3 {
            job.in_scope(|| {
                later(1);
                tracing::info!(target: "elsewhere", "in it");
            });
            later(5);
        }
        job.in_scope(|| {
            tracing::info_span!(target: "app", "inside").in_scope(|| {
                tracing::error!(target: "elsewhere", "in a span inside it");
            });
        });
        tracing::info!(target: "app", parent: &job, tell = true);
        let clone = job.clone();
        drop(job);
        later(100);
        drop(clone);
        drop(tracing::info_span!(target: "app", "job"));
    });
    assert_eq!(
        engine.outputs().lines(),
        [
            "elapsed elapsed=28ms",
            "span close active=18ms busy=3ms duration=128ms error=true events=5 idle=125ms polls=4",
            "span close active=0s busy=0s duration=0s error=false events=0 idle=0s polls=0",
        ]
    );
}
