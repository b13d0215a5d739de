//! A test in processes of its own: a global subscriber is for ever.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::mount::Mount;

/// Names the mount to a child.
const MOUNT: &str = "RHEOSTAT_TESTKIT_MOUNT";

/// Runs a test once for each mount, each time in a process of its own that runs this test alone.
///
/// `name` is the test's own name, as `cargo test` shows it. The body may
/// install what it wants for the whole process.
///
/// # Panics
///
/// Where a child does not succeed within `limit`, with what it wrote.
pub fn on_every_mount(name: &str, limit: Duration, body: impl FnOnce(Mount)) {
    if let Ok(wanted) = std::env::var(MOUNT) {
        let mount = Mount::ALL
            .into_iter()
            .find(|mount| mount.as_str() == wanted);
        return body(mount.expect("the parent names one of the mounts"));
    }
    for mount in Mount::ALL {
        let child = run(name, mount, limit);
        let shown = || {
            let (out, err) = (
                String::from_utf8_lossy(&child.stdout),
                String::from_utf8_lossy(&child.stderr),
            );
            format!(
                "on the mount `{}`: {}\n{out}\n{err}",
                mount.as_str(),
                child.status
            )
        };
        assert!(child.status.success(), "{}", shown());
        let ran = String::from_utf8_lossy(&child.stdout).contains("1 passed");
        assert!(ran, "no test `{name}` ran {}", shown());
    }
}

fn run(name: &str, mount: Mount, limit: Duration) -> Output {
    let this = std::env::current_exe().expect("a test knows its own program");
    let child = Command::new(this)
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(MOUNT, mount.as_str())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    finish(child.expect("a test can start itself"), limit)
}

/// Waits for a child, but not for ever: some of what is tested could deadlock.
fn finish(mut child: Child, limit: Duration) -> Output {
    let until = Instant::now() + limit;
    let mut ended = false;
    while !ended && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
        ended = child
            .try_wait()
            .expect("a child can be waited for")
            .is_some();
    }
    if !ended {
        child.kill().expect("a child can be ended");
    }
    let output = child.wait_with_output().expect("it has ended");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(ended, "still running after {limit:?}\n{out}");
    output
}
