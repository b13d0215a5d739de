//! Collectors by other hands, and the spans that they understood.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use super::process::Running;
use super::spans::{self, Span};
use super::{real, wait};

/// A trace collector, and where it writes what it got.
pub(crate) struct Collector {
    /// The port for OTLP over gRPC.
    pub(crate) grpc: u16,
    /// The port for OTLP over HTTP.
    pub(crate) http: u16,
    out: tempfile::NamedTempFile,
    read: fn(&str) -> Vec<Span>,
    _process: Running,
}

impl Collector {
    /// One made of the published messages, in Python.
    pub(crate) fn python() -> Self {
        let out = tempfile::NamedTempFile::new().unwrap();
        let mut command = real::python();
        command
            .arg(real::script("otlp_collector.py"))
            .arg(out.path())
            .stdout(Stdio::piped());
        let mut process = Running::start(&mut command);
        let mut line = String::new();
        BufReader::new(process.stdout())
            .read_line(&mut line)
            .unwrap();
        let ports: Vec<u16> = line
            .split_whitespace()
            .map(|port| port.parse().unwrap())
            .collect();
        Self {
            grpc: ports[0],
            http: ports[1],
            out,
            read: spans::read,
            _process: process,
        }
    }

    /// Rotel, a collector written in Rust by others, which says what it decoded.
    pub(crate) fn rotel() -> Self {
        let out = tempfile::NamedTempFile::new().unwrap();
        let (grpc, http) = (real::free_port(), real::free_port());
        let mut command = Command::new(agent_of_rotel());
        command
            .arg("start")
            .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{grpc}")])
            .args(["--otlp-http-endpoint", &format!("127.0.0.1:{http}")])
            .args(["--exporter", "blackhole"])
            .args(["--debug-log", "traces"])
            .args(["--debug-log-verbosity", "detailed"])
            .stdout(out.reopen().unwrap())
            .stderr(Stdio::null());
        let mut process = Running::start(&mut command);
        wait::wait_for("Rotel to listen", || {
            assert!(process.ended().is_none(), "Rotel ended at once");
            let listens = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
            (listens(grpc) && listens(http)).then_some(())
        });
        Self {
            grpc,
            http,
            out,
            read: spans::read_rotel,
            _process: process,
        }
    }

    /// The spans that it got so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let text = std::fs::read_to_string(self.out.path()).unwrap();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        (self.read)(whole)
    }
}

/// The program in Rotel's wheel.
fn agent_of_rotel() -> String {
    let find =
        "import os, rotel; print(os.path.join(os.path.dirname(rotel.__file__), 'rotel-agent'))";
    let output = real::python().args(["-c", find]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
