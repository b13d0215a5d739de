//! The README's way to keep the stack that a program has, compiled and run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rheostat::{Logs, Metrics, Policy, Streams};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

const README: &str = include_str!("../../../README.md");

#[test]
fn the_readme_shows_how_to_keep_a_stack() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rheostat.toml"), "version = 1\n").unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    around().unwrap();
    let shown = "let own = tracing_subscriber::registry().with(fmt::layer());\n\
                 let _telemetry = rheostat::builder().policy(\"rheostat.toml\").inner(own).init()?;\n";
    assert!(README.contains(shown));
    let chosen = "let policy = Policy::watch(\"rheostat.toml\")?;\n\
                  let _telemetry = policy.over((Metrics::new(), Streams::new(), Logs::new()), own).init()?;\n";
    assert!(README.contains(chosen));
    let second = with_chosen_outputs().unwrap_err().to_string();
    assert!(second.contains("installed already"), "{second}");
}

fn around() -> Result<(), rheostat::InitError> {
    let own = tracing_subscriber::registry().with(fmt::layer());
    let _telemetry = rheostat::builder()
        .policy("rheostat.toml")
        .inner(own)
        .init()?;
    Ok(())
}

#[rustfmt::skip]
fn with_chosen_outputs() -> Result<(), rheostat::InitError> {
    let own = tracing_subscriber::registry().with(fmt::layer());
    let policy = Policy::watch("rheostat.toml")?;
    let _telemetry = policy.over((Metrics::new(), Streams::new(), Logs::new()), own).init()?;
    Ok(())
}
