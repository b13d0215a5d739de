//! `journald`, read back from a journal of its own with `journalctl`, field by field.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_sink_local::JournaldSinks;
use rheostat_testkit::real::{self, Need, Server, eventually};
use rheostat_testkit::{Kit, Mount};
use serde_json::Value;
use tempfile::TempDir;
use tracing::dispatcher::{self, Dispatch};

const LONG: Duration = Duration::from_secs(30);
const JOURNALD: &str = "/lib/systemd/systemd-journald";

/// A journal in a namespace of its own, apart from the system's.
struct Journal {
    server: Option<Server>,
    namespace: String,
    folder: TempDir,
}

impl Journal {
    /// Starts one, unless there is no journald, or not the right to run it.
    fn start(test: &str) -> Option<Self> {
        if !real::have(test, &[Need::File(JOURNALD, "systemd")]) {
            return None;
        }
        if !rustix::process::getuid().is_root() {
            real::skip(test, "only root may start a journald");
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut journal = Self {
            server: None,
            namespace: format!("rheostat-{}-{number}", std::process::id()),
            folder: TempDir::new().expect("a folder"),
        };
        journal.start_again();
        Some(journal)
    }

    fn start_again(&mut self) {
        let server = Server::start(
            Command::new(JOURNALD)
                .arg(&self.namespace)
                .env("RUNTIME_DIRECTORY", self.folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        self.server = Some(server);
        eventually("journald listens", || self.socket().exists());
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// What it has of this program, in its order.
    fn entries(&self) -> Vec<Value> {
        let shown = Command::new("journalctl")
            .arg(format!("--namespace={}", self.namespace))
            .args([
                "--output=json",
                "--all",
                "--no-pager",
                "SYSLOG_IDENTIFIER=shop",
            ])
            .output()
            .expect("journalctl runs");
        let text = String::from_utf8(shown.stdout).expect("JSON");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        drop(self.server.take());
        let files = std::fs::read_dir("/var/log/journal").into_iter().flatten();
        let end = format!(".{}", self.namespace);
        for folder in files.flatten().map(|entry| entry.path()) {
            if folder.to_string_lossy().ends_with(&end) {
                let _gone = std::fs::remove_dir_all(folder);
            }
        }
    }
}

/// A program with one sink that gets all it fires.
struct Program {
    kit: Kit,
    dispatch: Dispatch,
}

impl Program {
    fn new(journal: &Journal, more: &str) -> Self {
        let kit = Kit::new([Arc::new(JournaldSinks) as Arc<_>]);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let text = format!(
            "version = 1\n{more}\n[sinks.s]\ntype = 'journald'\npath = '{}'\nidentifier = 'shop'\ntimeout = '1s'\n\
             retry = {{ first = '5ms', max = '50ms' }}\n[[rules]]\nname = 'all'\n\
             match = {{ target = 'shop', event = '*' }}\nstream = {{ sink = 's', span_fields = ['path'] }}\n",
            journal.socket().display()
        );
        dispatcher::with_default(&dispatch, || {
            kit.must_apply(&text);
            kit.engine().installed();
        });
        Self { kit, dispatch }
    }

    fn run(&self, body: impl FnOnce()) {
        dispatcher::with_default(&self.dispatch, body);
        let report = self.kit.flush(LONG);
        assert!(report.is_complete(), "{report:?}");
    }
}

#[test]
fn each_field_comes_back() {
    let Some(journal) = Journal::start("each_field_comes_back") else {
        return;
    };
    let program = Program::new(&journal, "");
    let line = line!() + 4;
    program.run(|| {
        let span = tracing::info_span!(target: "shop", "request", path = "/orders");
        let _inside = span.enter();
        tracing::warn!(
            target: "shop",
            user_id = u64::MAX,
            change = i64::MIN,
            share = 0.1,
            paid = true,
            note = "two\nlines = größe",
            "order placed\nby {}",
            "Åsa"
        );
    });
    eventually("the record arrives", || !journal.entries().is_empty());
    let entry = journal.entries().remove(0);
    for (name, value) in [
        ("MESSAGE", "order placed\nby Åsa"),
        ("PRIORITY", "4"),
        ("CODE_FILE", file!()),
        ("CODE_LINE", &line.to_string()),
        ("F_USER_ID", "18446744073709551615"),
        ("F_CHANGE", "-9223372036854775808"),
        ("F_SHARE", "0.1"),
        ("F_PAID", "true"),
        ("F_NOTE", "two\nlines = größe"),
        ("F_REQUEST_PATH", "/orders"),
        ("RHEOSTAT_SPANS", "request"),
        ("RHEOSTAT_TARGET", "shop"),
        ("RHEOSTAT_LEVEL", "warn"),
        ("RHEOSTAT_KIND", "event"),
        ("RHEOSTAT_RULE", "all"),
        ("RHEOSTAT_WEIGHT", "1.0"),
        ("_PID", &std::process::id().to_string()),
    ] {
        assert_eq!(entry[name], value, "{name} in {entry:#}");
    }
    assert_eq!(
        entry["RHEOSTAT_TIME"].as_str().map(str::len),
        Some("2026-11-22T00:00:00.123456789Z".len())
    );
}

#[test]
fn an_entry_that_no_datagram_takes_arrives_whole() {
    let Some(journal) = Journal::start("an_entry_that_no_datagram_takes_arrives_whole") else {
        return;
    };
    let program = Program::new(
        &journal,
        "[defaults]\nmax_value = '1MiB'\nmax_record = '2MiB'",
    );
    let long = "0123456789abcdef".repeat(40_000);
    program.run(|| tracing::info!(target: "shop", long, "long"));
    assert_eq!(program.kit.ended("all", "s", Cause::Delivered), 1);
    eventually("the record arrives", || !journal.entries().is_empty());
    let entry = journal.entries().remove(0);
    assert_eq!(entry["MESSAGE"], "long");
    assert_eq!(entry["F_LONG"].as_str().map(str::len), Some(long.len()));
    assert_eq!(entry["F_LONG"], long.as_str());
}

#[test]
fn records_wait_while_the_journal_is_away_and_arrive_in_order() {
    let name = "records_wait_while_the_journal_is_away_and_arrive_in_order";
    let Some(mut journal) = Journal::start(name) else {
        return;
    };
    let program = Program::new(&journal, "");
    let fire = |numbers: std::ops::Range<u64>| {
        for number in numbers {
            tracing::info!(target: "shop", number);
        }
    };
    program.run(|| fire(0..300));
    eventually("the first ones arrive", || journal.entries().len() == 300);
    if let Some(server) = journal.server.take() {
        server.end();
    }
    std::fs::remove_file(journal.socket()).expect("the socket stays behind");
    dispatcher::with_default(&program.dispatch, || fire(300..600));
    assert!(!program.kit.flush(Duration::from_millis(100)).is_complete());
    journal.start_again();
    program.run(|| {});
    assert_eq!(program.kit.ended("all", "s", Cause::Delivered), 600);
    eventually("all arrive", || journal.entries().len() == 600);
    let numbers = journal.entries().into_iter().map(|entry| {
        let number = entry["F_NUMBER"].as_str().expect("a field");
        number.parse::<u64>().expect("a number")
    });
    assert!(numbers.eq(0..600));
}

#[test]
fn a_journal_that_hangs_for_twice_the_timeout_loses_nothing() {
    let name = "a_journal_that_hangs_for_twice_the_timeout_loses_nothing";
    let Some(journal) = Journal::start(name) else {
        return;
    };
    let program = Program::new(&journal, "");
    let signal = |name: &str| {
        if let Some(server) = &journal.server {
            server.signal(name);
        }
    };
    signal("STOP");
    dispatcher::with_default(&program.dispatch, || {
        for number in 0..1_500 {
            tracing::info!(target: "shop", number);
            program.kit.drain();
        }
    });
    assert!(!program.kit.flush(Duration::from_secs(2)).is_complete());
    signal("CONT");
    program.run(|| {});
    assert_eq!(program.kit.ended("all", "s", Cause::Delivered), 1_500);
    eventually("all arrive", || journal.entries().len() == 1_500);
}
