//! T21: a `max_level_*` feature compiles callsites out; no policy revives them, so it is told.

mod common;

use std::sync::{Arc, Mutex};

use common::{Telling, policy};
use rheostat_core::engine::{Engine, Options};
use rheostat_core::internal::set_notice_hook;
use rheostat_core::sink::NoTaps;
use tracing::level_filters::LevelFilter;

#[test]
fn a_level_that_is_compiled_out_is_told_of() {
    let notices: Arc<Mutex<Vec<String>>> = Arc::default();
    let hook = notices.clone();
    set_notice_hook(Some(Arc::new(move |notice| {
        hook.lock()
            .expect("nobody panicked with it")
            .push(notice.text.clone());
    })));
    let options = Options {
        static_max_level: LevelFilter::INFO,
        ..Options::default()
    };
    let engine = Engine::new(Telling::brief(), options);
    let apply = |level: &str| {
        let text = format!(
            "[[rules]]\nmatch = {{ target = \"app\", level = \"{level}\" }}\ncount = {{ metric = \"seen_total\" }}"
        );
        assert!(engine.apply(policy(&text), &NoTaps).is_ok());
    };
    apply("info");
    assert_eq!(*notices.lock().expect("nobody panicked with it"), [""; 0]);
    apply("debug");
    let told = notices.lock().expect("nobody panicked with it");
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("debug") && told[0].contains("info"),
        "{told:?}"
    );
}
