//! A sink of the table, and the place that its records go to.

use std::path::PathBuf;

use rheostat_testkit::real::{Need, Running};

use crate::fault::Fault;

/// What *delivered* means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The server answered that it has it.
    Server,
    /// The connection took it.
    Connection,
    /// The system took it.
    System,
}

/// How the program gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Through a relay that knows HTTP.
    Http,
    /// Through a relay of bytes.
    Bytes,
    /// Straight.
    Direct,
}

/// A sink of the table.
pub struct Subject {
    /// As the table calls it.
    pub name: &'static str,
    /// What is at the other end.
    pub server: &'static str,
    /// What *delivered* means.
    pub says: Says,
    /// Whether metrics go there, and no records.
    pub metrics: bool,
    /// How the program gets there.
    pub reach: Reach,
    /// The faults that its protocol has, but for the kills.
    pub faults: &'static [Fault],
    /// What has to be installed.
    pub needs: &'static [Need],
    /// Whether only root may start it.
    pub only_root: bool,
    /// Starts the other end.
    pub start: fn() -> Box<dyn Place>,
}

/// The other end of a sink.
pub trait Place {
    /// Host and port, where it has them.
    fn address(&self) -> Option<String> {
        None
    }

    /// The sink's keys in a policy, `type` included; `at` is where the program finds it.
    fn keys(&self, at: &str) -> String;

    /// The server, where there is one.
    fn server(&mut self) -> Option<&mut Running>;

    /// The `number` fields of the records there, in the order of their arrival where it has one.
    fn arrived(&mut self) -> Vec<u64> {
        Vec::new()
    }

    /// Whether [`arrived`](Self::arrived) has an order.
    fn has_an_order(&self) -> bool {
        true
    }

    /// What the counter `faults_total` of a run stands at there.
    fn counted(&mut self, _run: u64) -> u64 {
        0
    }

    /// Where the program's standard output goes.
    fn standard_output(&self) -> Option<PathBuf> {
        None
    }

    /// Fills the disk it is on, or makes room again.
    fn fill_disk(&mut self, _full: bool) {}

    /// How many datagrams the system took for it and threw away.
    fn thrown_away(&self) -> u64 {
        0
    }

    /// It stops where it is, or goes on.
    fn stop(&mut self, stopped: bool) {
        if let Some(server) = self.server() {
            server.signal(if stopped { "STOP" } else { "CONT" });
        }
    }

    /// It goes, as by `kill -9`.
    fn kill(&mut self) {
        if let Some(server) = self.server() {
            server.kill();
            // What our own readers say when they are ready.
            std::fs::remove_file(server.file("ready")).unwrap_or_default();
        }
    }

    /// It is there again, with what it kept.
    fn start_again(&mut self) {
        if let Some(server) = self.server() {
            server.start_again();
        }
    }
}
