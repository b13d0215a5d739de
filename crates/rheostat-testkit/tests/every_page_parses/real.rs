//! The readers of others: found, run, or skipped aloud.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::page::Page;

/// Whether Prometheus's checker is here.
pub(crate) fn have_promtool(test: &str) -> bool {
    have(
        test,
        Command::new("promtool").arg("--version"),
        "apt-get install prometheus",
    )
}

/// Whether Python's readers are here.
pub(crate) fn have_readers(test: &str) -> bool {
    let modules = "import prometheus_client, google.protobuf";
    have(
        test,
        interpreter().args(["-c", modules]),
        "pip install prometheus-client protobuf",
    )
}

/// By hand, what is missing is said; in CI it fails the test.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn have(test: &str, probe: &mut Command, remedy: &str) -> bool {
    let quiet = probe
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if quiet.status().is_ok_and(|status| status.success()) {
        return true;
    }
    let line = format!("{test}: {remedy}");
    assert!(
        std::env::var_os("CI").is_none(),
        "CI skips nothing, and this is missing: {line}"
    );
    eprintln!("SKIP {line}");
    if let Some(account) = std::env::var_os("RHEOSTAT_SKIPPED") {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(account);
        let written = file.and_then(|mut file| writeln!(file, "{line}"));
        written.expect("the account of skipped tests can be written");
    }
    false
}

/// What `promtool check metrics` makes of a page: its exit code and what it says.
pub(crate) fn promtool(page: &str) -> (Option<i32>, String) {
    let output = feed(Command::new("promtool").args(["check", "metrics"]), page);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said)
}

/// The first page that Python's readers refuse or read differently, and what they say of it.
pub(crate) fn python(pages: &[Page]) -> Option<(usize, String)> {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/every_page_parses/py/read_pages.py");
    let mut lines = String::new();
    for page in pages {
        let _ = writeln!(
            lines,
            "{} {}",
            hex(page.openmetrics.as_bytes()),
            hex(&page.protobuf)
        );
    }
    let output = feed(interpreter().arg(script), &lines);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        assert_eq!(said.trim(), format!("read {}", pages.len()));
        return None;
    }
    let (at, why) = said.split_once(' ').unwrap_or(("0", &said));
    let errors = String::from_utf8_lossy(&output.stderr);
    Some((at.parse().unwrap_or(0), format!("{why}{errors}")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("x"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn interpreter() -> Command {
    let mut command =
        Command::new(std::env::var_os("RHEOSTAT_PYTHON").unwrap_or_else(|| "python3".into()));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn feed(command: &mut Command, text: &str) -> std::process::Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it was there a moment ago");
    let mut input = child.stdin.take().expect("it was asked for");
    std::thread::scope(|scope| {
        // It may end before it has read everything; what it says then is the answer.
        scope.spawn(move || {
            let _ = input.write_all(text.as_bytes());
        });
        child.wait_with_output().expect("it ends")
    })
}
