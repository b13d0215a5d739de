//! What `rheostat … | head` ends with.

use std::process::{Command, Stdio};

#[test]
fn a_reader_that_has_seen_enough_is_no_mistake() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rheostat"))
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(command.stdout.take());
    let output = command.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
}
