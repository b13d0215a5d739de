//! A minute of an accelerated day: the long form is `cargo xtask soak`.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn a_short_soak_stays_flat_and_loses_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_rheostat-benches"))
        .args(["soak", "--short"])
        .output()
        .expect("it can be started");
    let (page, why) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{why}\n{page}");
    assert!(
        page.contains("| events in the counter | 1,000,000 | 1,000,000 | holds |"),
        "{page}"
    );
}
