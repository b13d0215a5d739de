//! A `trace` rule is refused where the program has no bridge, instead of shipping nothing without a word.
#![cfg(feature = "trace")]

use std::path::Path;

use rheostat::{InitError, Policy};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

fn ships(folder: &Path) -> String {
    let path = folder.join("spans.jsonl");
    format!(
        "version = 1\n[sinks.spans]\ntype = \"otlp\"\npath = \"{}\"\n\
         [[rules]]\nmatch.span = \"*\"\ntrace.sink = \"spans\"\n",
        path.display()
    )
}

fn assert_refused<T>(mounted: Result<T, InitError>) {
    let Err(error) = mounted else {
        panic!("nothing could be shipped");
    };
    let text = error.to_string();
    assert!(
        text.contains("RH524") && text.contains("policy:7:"),
        "{text}"
    );
    assert!(text.contains("`Traces::layer()`"), "{text}");
}

#[test]
fn a_stack_of_the_programs_own_without_the_layer_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = ships(folder.path());
    let builder = rheostat::builder().policy_text(policy.as_str());
    assert_refused(builder.inner(Registry::default()).try_build());
}

#[test]
fn a_layer_ships_no_spans_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = Policy::from_text(&ships(folder.path())).expect("it is a text");
    assert_refused(policy.layer::<_, Registry>(rheostat::traces()));
}

#[test]
fn a_stack_with_the_layer_ships() {
    let folder = tempfile::tempdir().expect("a folder");
    let traces = rheostat::traces();
    let own = Registry::default().with(traces.layer());
    let policy = Policy::from_text(&ships(folder.path())).expect("it is a text");
    let (subscriber, guard) = policy.over(traces, own).try_build().expect("it ships");
    tracing::subscriber::with_default(subscriber, || {
        guard.installed();
        drop(tracing::info_span!("shipped"));
    });
    drop(guard);
    let spans = std::fs::read_to_string(folder.path().join("spans.jsonl"));
    assert!(spans.expect("it was written").contains("\"shipped\""));
}

#[test]
fn a_disabled_rule_asks_for_no_bridge() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = ships(folder.path()) + "enabled = false\n";
    let builder = rheostat::builder().policy_text(policy.as_str());
    assert!(builder.inner(Registry::default()).try_build().is_ok());
}
