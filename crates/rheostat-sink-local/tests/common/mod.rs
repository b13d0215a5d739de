//! What the tests of sinks stand on: a policy with one sink, and records for it.

#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(unreachable_pub, reason = "each test file is a crate of its own")]

pub mod output;
pub mod reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rheostat_core::flow::{Head, Hub, Route, RouteField, RouteHandle, Scrub};
use rheostat_core::ledger::{Cause, Entry};
use rheostat_core::sink::{Tap, Taps as _};
use rheostat_core::{Callsite, CallsiteId, CallsiteKind, Value};
use rheostat_policy::model::{CheckedPolicy, Level, SinkId};
use rheostat_policy::vocabulary::RecordClass;
use rheostat_policy::{NoEnvironment, check, first_party};
use rheostat_queue::Queues;

/// A policy whose only sink is `s`, with these keys.
pub fn policy(sink: &str) -> Arc<CheckedPolicy> {
    let text = format!("version = 1\n[sinks.s]\n{sink}\n");
    read(&text)
}

/// A policy without any error in it.
pub fn read(text: &str) -> Arc<CheckedPolicy> {
    let checked = check(
        text.as_bytes(),
        "policy.toml",
        &first_party::vocabulary(),
        &NoEnvironment,
    );
    match checked.policy {
        Some(policy) => Arc::new(policy),
        None => panic!("{:#?}", checked.diagnostics),
    }
}

/// Queues with one sink, and what feeds it.
pub struct Running {
    pub queues: Queues,
    pub feed: Feed,
}

pub fn start(sink: &str) -> Running {
    let queues = Queues::new(rheostat_sink_local::all());
    let feed = apply(&queues, sink);
    Running { queues, feed }
}

/// Puts another version of the sink in force.
pub fn apply(queues: &Queues, sink: &str) -> Feed {
    let policy = policy(sink);
    let staged = queues.stage(&policy).expect("the sink opens");
    let feed = Feed::new(staged.tap(SinkId(0)).expect("it takes records"));
    queues.commit(staged);
    feed
}

/// Hands numbered records to a sink.
pub struct Feed {
    handle: RouteHandle,
    pub account: Arc<Entry>,
}

impl Feed {
    pub fn new(tap: Arc<dyn Tap>) -> Self {
        let account = Arc::new(Entry::new("rule", "s"));
        let handle = RouteHandle::new(route(tap, account.clone()));
        Self { handle, account }
    }

    /// Offers records numbered so; returns how many were taken.
    pub fn put(&self, numbers: std::ops::Range<u64>) -> u64 {
        self.put_padded(numbers, "")
    }

    /// The same, each made larger by a text.
    pub fn put_padded(&self, numbers: std::ops::Range<u64>, padding: &str) -> u64 {
        let mut taken = 0;
        for number in numbers {
            let offered = self.handle.offer(|draft, seq| {
                let head = Head {
                    time: number,
                    seq,
                    ..Head::default()
                };
                draft.head(&head, None);
                draft.field(0, Value::U64(number));
                if !padding.is_empty() {
                    draft.field(1, Value::Text(padding));
                }
            });
            taken += u64::from(offered.is_ok());
        }
        taken
    }

    /// Everything offered, whatever became of it.
    pub fn lost(&self) -> u64 {
        self.account.matched() - self.account.get(Cause::Delivered) - self.account.queued()
    }
}

fn route(tap: Arc<dyn Tap>, account: Arc<Entry>) -> Route {
    let fields = ["n", "padding"];
    Route {
        callsite: Callsite {
            id: CallsiteId(0),
            kind: CallsiteKind::Event,
            name: "event".into(),
            target: "test".into(),
            module: None,
            file: None,
            line: None,
            level: Level::Info,
            fields: Box::new(fields),
            metadata: None,
        },
        level: Level::Info,
        class: None,
        rule: "rule".into(),
        record: RecordClass::Events,
        fields: fields
            .into_iter()
            .enumerate()
            .map(|(index, name)| RouteField {
                index,
                name: name.into(),
                hide: None,
            })
            .collect(),
        message: None,
        labels: Vec::new(),
        max_value: 65536,
        raw_value_cap: 0,
        max_record: 65536,
        scrub: Scrub::default(),
        durable: false,
        tap,
        account,
    }
}

/// The numbers of the records in these lines, gaps left out.
pub fn numbers<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> Vec<u64> {
    lines
        .into_iter()
        .filter_map(|line| {
            let record: serde_json::Value = serde_json::from_str(line.as_ref()).expect("JSON");
            record["fields"]["n"].as_u64()
        })
        .collect()
}

/// How many records the gaps in these lines tell of.
pub fn told_lost<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> u64 {
    lines
        .into_iter()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line.as_ref()).expect("JSON");
            let lost = record["lost"].as_object();
            lost.map_or(0, |lost| {
                lost.values().filter_map(serde_json::Value::as_u64).sum()
            })
        })
        .sum()
}

/// Moves what was offered into the queues; then waits for it to be delivered.
pub fn flush(queues: &Queues) {
    let report = queues.flush(LONG);
    assert!(report.is_complete(), "{report:?}");
}

/// Waits until something holds; a minute is only ever needed by a machine that does much else.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

pub const LONG: Duration = Duration::from_secs(60);

pub fn drain() {
    Hub::global().drain();
}

/// A folder of the test's own, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rheostat-sink-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(&self.0)
            .expect("the folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the folder goes");
    }
}

pub fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
