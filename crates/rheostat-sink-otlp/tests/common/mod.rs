//! What the tests stand on: a program with one sink, and a collector that is strict.

#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(unreachable_pub, reason = "each test file is a crate of its own")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_testkit::real::ask::must;
use rheostat_testkit::real::{Need, Running, eventually, free_port, python};
use rheostat_testkit::{Kit, Mount};
use serde_json::Value;
use tempfile::TempDir;
use tracing::dispatcher::{self, Dispatch};

pub const OTLP: Need = Need::Module(
    "opentelemetry.proto.logs.v1.logs_pb2",
    "opentelemetry-proto",
);
pub const GRPC: Need = Need::Module("grpc", "grpcio");

/// Long enough for any machine; nothing waits this long where all is well.
pub const LONG: Duration = Duration::from_secs(60);

/// A rule that streams everything of the target `shop` to the sink.
pub const STREAM: &str =
    "\n[[rules]]\nname = 'r'\nmatch = { target = 'shop', event = '*' }\nstream = { sink = 's' }\n";

/// Both ways to speak to a collector.
pub const WAYS: [&str; 2] = ["grpc", "http"];

/// A program with a policy, whose sink is `s`.
pub struct Program {
    pub kit: Kit,
    dispatch: Dispatch,
}

impl Program {
    /// With these keys of the sink, and whatever else stands in the policy.
    pub fn new(sink: &str, rules: &str) -> Self {
        let kit = Kit::new(rheostat_sink_otlp::all());
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let program = Self { kit, dispatch };
        program.apply(sink, rules);
        program.run(|| program.kit.engine().installed());
        program
    }

    /// Puts another policy in force.
    pub fn apply(&self, sink: &str, rules: &str) {
        let text = format!("version = 1\n[sinks.s]\ntype = 'otlp'\n{sink}\n{rules}");
        self.run(|| self.kit.must_apply(&text));
    }

    /// Runs a piece of it.
    pub fn run<T>(&self, body: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.dispatch, body)
    }

    /// Fires this many records, each with its number.
    pub fn fire(&self, numbers: std::ops::Range<u64>) {
        self.run(|| {
            for number in numbers {
                tracing::info!(target: "shop", number, "order");
            }
        });
        self.kit.drain();
    }

    /// Waits until everything is delivered.
    pub fn flush(&self) {
        self.kit.drain();
        let report = self.kit.flush(LONG);
        assert!(report.is_complete(), "{report:?}\n{}", self.said());
    }

    /// How many records of the rule `r` came to this end.
    pub fn ended(&self, cause: Cause) -> u64 {
        self.kit.ended("r", "s", cause)
    }

    /// What the sink says was in the way.
    pub fn said(&self) -> String {
        let all = self.kit.queues().status();
        let all: Vec<String> = all.into_iter().filter_map(|one| one.last_failure).collect();
        all.join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kit.shutdown(Duration::from_millis(100));
    }
}

/// The collector of `tests/py`.
pub struct Collector {
    pub running: Running,
    pub grpc: String,
    pub http: String,
}

impl Collector {
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// Speaks gRPC over TLS, with the certificates in this folder.
    pub fn start_with(certificates: Option<&Path>) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let (http, grpc) = (free_port(), free_port());
        let mut command = python();
        command
            .arg(script("collector.py"))
            .args([http.to_string(), grpc.to_string()])
            .arg(folder.path())
            .args(certificates);
        let (http, grpc) = (format!("127.0.0.1:{http}"), format!("127.0.0.1:{grpc}"));
        let address = http.clone();
        let running = Running::start(http.clone(), command, folder, move || {
            rheostat_testkit::real::ask::ask(&address, "GET", "/ping", "").is_some()
        });
        Self {
            running,
            grpc,
            http,
        }
    }

    /// Where it is for a protocol.
    pub fn at(&self, way: &str) -> &str {
        if way == "grpc" {
            &self.grpc
        } else {
            &self.http
        }
    }

    /// The keys of a sink that goes there, with quick retries.
    pub fn keys(&self, way: &str) -> String {
        keys(way, self.at(way))
    }

    /// What becomes of the requests to come.
    pub fn faults(&self, faults: &str) {
        must(&self.http, "POST", "/faults", faults);
    }

    /// What holds for all requests.
    pub fn limits(&self, limits: &str) {
        must(&self.http, "POST", "/limits", limits);
    }

    /// All that it took.
    pub fn taken(&self) -> Vec<Value> {
        lines(&self.running.file("taken"))
    }

    /// The records that it took.
    pub fn logs(&self) -> Vec<Value> {
        let all = self.taken().into_iter();
        all.filter(|one| one["is"] == "log").collect()
    }

    /// The `number` of each record that it took, in their order.
    pub fn numbers(&self) -> Vec<u64> {
        let logs = self.logs().into_iter();
        let number = |log: Value| log["attributes"]["number"][1].as_u64();
        logs.filter_map(number).collect()
    }

    /// The points of a metric that it took.
    pub fn points(&self, name: &str) -> Vec<Value> {
        let all = self.taken().into_iter();
        all.filter(|one| one["is"] == "point" && one["name"] == name)
            .collect()
    }

    /// The headers of each request.
    pub fn requests(&self) -> Vec<Value> {
        lines(&self.running.file("requests"))
    }

    /// Waits until so many requests came.
    pub fn asked(&self, times: usize) {
        eventually("it was asked", || self.requests().len() >= times);
    }

    /// Nothing that came was wrong.
    pub fn assert_right(&self) {
        let wrong = std::fs::read_to_string(self.running.file("wrong")).unwrap_or_default();
        assert_eq!(wrong, "");
    }
}

/// The keys of a sink at an address, with quick retries.
pub fn keys(way: &str, address: &str) -> String {
    format!(
        "endpoint = 'http://{address}'\nprotocol = '{way}'\nmetrics_every = '1h'\n\
         retry = {{ first = '5ms', max = '50ms' }}\n"
    )
}

/// A script of `tests/py`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/py")
        .join(name)
}

/// Whole lines of JSON.
pub fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let lines = text[..whole].lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}
