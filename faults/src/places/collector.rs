//! A collector of OTLP: the strict one of the sink's own tests.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use rheostat_testkit::real::ask::ask;
use rheostat_testkit::real::{Need, Running, free_port, python};
use serde_json::Value;
use tempfile::TempDir;

use crate::place::Place;

pub(crate) const OTLP: Need = Need::Module(
    "opentelemetry.proto.logs.v1.logs_pb2",
    "opentelemetry-proto",
);
pub(crate) const GRPC: Need = Need::Module("grpc", "grpcio");

/// The collector, and how it is spoken to.
pub(crate) struct Collector {
    running: Running,
    protocol: &'static str,
}

pub(crate) fn http() -> Box<dyn Place> {
    collector("http")
}

pub(crate) fn grpc() -> Box<dyn Place> {
    collector("grpc")
}

fn collector(protocol: &'static str) -> Box<dyn Place> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/rheostat-sink-otlp/tests/py/collector.py");
    let folder = TempDir::new().expect("a folder can be made");
    let ports = [free_port(), free_port()];
    let mut command = python();
    command
        .arg(script)
        .args(ports.map(|port| port.to_string()))
        .arg(folder.path());
    let [http, grpc] = ports.map(|port| format!("127.0.0.1:{port}"));
    let address = if protocol == "grpc" {
        grpc
    } else {
        http.clone()
    };
    let running = Running::start(address, command, folder, move || {
        ask(&http, "GET", "/ping", "").is_some()
    });
    Box::new(Collector { running, protocol })
}

impl Collector {
    /// What it took, as it wrote it down, one after the other: all of it together is large.
    fn taken(&self) -> impl Iterator<Item = Value> + use<> {
        let file = File::open(self.running.file("taken")).ok();
        let lines = file
            .into_iter()
            .flat_map(|file| BufReader::new(file).lines());
        // The last line may be half written.
        lines.map_while(|line| serde_json::from_str(&line.ok()?).ok())
    }
}

impl Place for Collector {
    fn address(&self) -> Option<String> {
        Some(self.running.address.clone())
    }

    fn keys(&self, at: &str) -> String {
        format!(
            "type = 'otlp'\nendpoint = 'http://{at}'\nprotocol = '{}'",
            self.protocol
        )
    }

    fn server(&mut self) -> Option<&mut Running> {
        Some(&mut self.running)
    }

    fn arrived(&mut self) -> Vec<u64> {
        let number = |one: Value| one["attributes"]["number"][1].as_u64();
        self.taken().filter_map(number).collect()
    }

    /// Totals since the start of the program: the last one stands.
    fn counted(&mut self, run: u64) -> u64 {
        let text = run.to_string();
        let of = |one: &Value| {
            let said = &one["attributes"]["run"][1];
            let same = said.as_str() == Some(&*text) || said.as_u64() == Some(run);
            one["name"] == "faults_total" && same && one["gone"] == false
        };
        let last = self.taken().filter(of).last();
        let value = last.map(|one| one["value"][1].clone()).unwrap_or_default();
        value.as_f64().map_or(0, |value| value as u64)
    }
}
