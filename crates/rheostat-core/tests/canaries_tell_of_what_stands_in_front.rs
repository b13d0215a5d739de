//! After each policy a test record of each wanted level is fired; one that does not arrive is a
//! notice that names the level.

mod common;

use std::sync::{Arc, Mutex};

use common::{World, on, policy};
use rheostat_core::internal::set_notice_hook;
use rheostat_core::mount::layer;
use rheostat_core::sink::NoTaps;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

const POLICY: &str = r#"
    [[rules]]
    match = { target = "app", level = "debug" }
    count = { metric = "seen_total" }
"#;

fn notices() -> Arc<Mutex<Vec<String>>> {
    let notices: Arc<Mutex<Vec<String>>> = Arc::default();
    let hook = notices.clone();
    set_notice_hook(Some(Arc::new(move |notice| {
        hook.lock()
            .expect("nobody panicked with it")
            .push(notice.text.clone());
    })));
    notices
}

#[test]
fn a_canary_that_arrives_says_nothing() {
    on(
        "a_canary_that_arrives_says_nothing",
        |_| true,
        |_, world| {
            let notices = notices();
            world.apply(POLICY);
            world.apply("");
            assert_eq!(*notices.lock().expect("nobody panicked with it"), [""; 0]);
        },
    );
}

#[test]
fn a_global_filter_before_the_layer_is_told_of() {
    let name = "a_global_filter_before_the_layer_is_told_of";
    on(
        name,
        |case| case.mount == common::Mount::Subscriber && !case.global,
        |_, _| {
            let notices = notices();
            let engine = World::engine();
            let stack = tracing_subscriber::registry()
                .with(layer(engine.clone()))
                .with(LevelFilter::WARN);
            tracing::subscriber::with_default(stack, || {
                assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
            });
            let notices = notices.lock().expect("nobody panicked with it");
            let about = |level: &str| {
                let level = format!("at level {level},");
                notices.iter().any(|notice| notice.contains(&level))
            };
            assert!(about("info") && about("debug"), "{notices:?}");
            assert!(!about("warn") && !about("trace"), "{notices:?}");
        },
    );
}
