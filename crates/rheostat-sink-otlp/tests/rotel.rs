//! Records and metrics as Rotel decodes them: a collector written in Rust by others, which says what it got.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::net::TcpStream;
use std::process::{Command, Stdio};

use common::{Program, STREAM, WAYS};
use rheostat_core::ledger::Cause;
use rheostat_testkit::real::{self, Need, Server, eventually, free_port, python};

const ROTEL: Need = Need::Module("rotel", "--pre rotel");

/// Rotel, and where it writes what it got.
struct Rotel {
    grpc: u16,
    http: u16,
    out: tempfile::NamedTempFile,
    _server: Server,
}

impl Rotel {
    fn start() -> Self {
        let out = tempfile::NamedTempFile::new().unwrap();
        let (grpc, http) = (free_port(), free_port());
        let mut command = Command::new(agent());
        command
            .arg("start")
            .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{grpc}")])
            .args(["--otlp-http-endpoint", &format!("127.0.0.1:{http}")])
            .args(["--exporter", "blackhole"])
            .args(["--debug-log", "logs", "--debug-log", "metrics"])
            .args(["--debug-log-verbosity", "detailed"])
            .stdout(out.reopen().unwrap())
            .stderr(Stdio::null());
        let server = Server::start(&mut command);
        eventually("Rotel listens", || {
            let listens = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
            listens(grpc) && listens(http)
        });
        Self {
            grpc,
            http,
            out,
            _server: server,
        }
    }

    /// What it says behind this word at the beginning of a line, each time.
    fn values(&self, word: &str) -> Vec<String> {
        let said = std::fs::read_to_string(self.out.path()).unwrap();
        let lines = said.lines().map(str::trim_start);
        let found = lines.filter_map(|line| line.strip_prefix(word.trim_end()));
        found.map(|value| value.trim().to_owned()).collect()
    }
}

/// The program in Rotel's wheel.
fn agent() -> String {
    let find =
        "import os, rotel; print(os.path.join(os.path.dirname(rotel.__file__), 'rotel-agent'))";
    let output = python().args(["-c", find]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const COUNTS: &str = "[metrics.took_seconds]\nkind = 'histogram'\nunit = 'seconds'\nbuckets = [1, 2]\n\
                      [[rules]]\nmatch = { target = 'shop', event = '*' }\n\
                      count = { metric = 'orders_total' }\n\
                      histogram = { metric = 'took_seconds', of = 'took', unit = 'seconds' }\n";

#[test]
fn rotel_reads_each_record_and_each_number() {
    if !real::have("rotel_reads_each_record_and_each_number", &[ROTEL]) {
        return;
    }
    for way in WAYS {
        let rotel = Rotel::start();
        let port = if way == "grpc" {
            rotel.grpc
        } else {
            rotel.http
        };
        let keys = common::keys(way, &format!("127.0.0.1:{port}"));
        let program = Program::new(&keys, &format!("{COUNTS}{STREAM}"));
        program.run(|| {
            for number in 0..100_u32 {
                tracing::warn!(target: "shop", number, took = 1.5, "order {number} placed");
            }
        });
        program.flush();
        assert_eq!(program.ended(Cause::Delivered), 100);
        // Each record ends with this line.
        eventually("Rotel got all", || {
            rotel.values("Flags:").len() == 100 && rotel.values("Count: ").len() == 1
        });
        let each = |shown: fn(u32) -> String| (0..100).map(shown).collect::<Vec<_>>();
        assert_eq!(
            rotel.values("Body: "),
            each(|number| format!("Str(order {number} placed)"))
        );
        assert_eq!(
            rotel.values("-> number: "),
            each(|number| format!("Int({number})"))
        );
        assert_eq!(
            rotel.values("-> took: "),
            each(|_| "Double(1.5)".to_owned())
        );
        assert_eq!(
            rotel.values("SeverityNumber: "),
            each(|_| "SEVERITY_NUMBER_WARN(13)".to_owned())
        );
        assert_eq!(
            rotel.values("Timestamp: ").len(),
            102,
            "and one of each metric"
        );

        assert_eq!(rotel.values("-> Name: "), ["orders_total", "took_seconds"]);
        assert_eq!(rotel.values("-> Unit: "), ["", "s"]);
        assert_eq!(rotel.values("Value: "), ["100"]);
        assert_eq!(rotel.values("Sum: "), ["150"]);
        assert_eq!(rotel.values("Buckets #1, Count: "), ["100"]);
        assert_eq!(rotel.values("ExplicitBounds #1: "), ["2"]);
    }
}
