//! A test in processes of its own: a global subscriber is for ever.

use std::io::Read;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
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
    // Read while it runs: a pipe that is full holds up who writes.
    let stdout = read(child.stdout.take());
    let stderr = read(child.stderr.take());
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break Some(status);
        }
        if Instant::now() >= until {
            child.kill().expect("a child can be ended");
            child.wait().expect("it has ended");
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |reading: JoinHandle<Vec<u8>>| reading.join().expect("reading does not panic");
    let (stdout, stderr) = (text(stdout), text(stderr));
    let Some(status) = status else {
        let out = String::from_utf8_lossy(&stdout);
        panic!("still running after {limit:?}\n{out}");
    };
    Output {
        status,
        stdout,
        stderr,
    }
}

/// Reads all that comes, on a thread of its own.
fn read(from: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        if let Some(mut from) = from {
            from.read_to_end(&mut all).expect("a pipe can be read");
        }
        all
    })
}
