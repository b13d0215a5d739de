//! The local sinks, held to what every sink is held to. Also an example of how to test a sink.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![cfg(unix)]

mod datagrams;
mod sockets;

use std::path::PathBuf;
use std::sync::Arc;

use rheostat_core::sink::SinkFactory;
use rheostat_sink_local::{
    FileSinks, JournaldSinks, StatsdSinks, SyslogSinks, TcpSinks, UnixSinks,
};
use rheostat_testkit::contract::{self, Peer};
use tempfile::TempDir;

use datagrams::DatagramPeer;
use sockets::SocketPeer;

/// A file, which is always there and never slow.
struct File(TempDir);

impl File {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder can be made"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("records")
    }
}

impl Peer for File {
    fn keys(&self) -> String {
        format!("type = 'file'\npath = '{}'", self.path().display())
    }

    fn arrived(&mut self) -> Vec<u64> {
        let text = std::fs::read_to_string(self.path()).expect("the sink made the file");
        text.lines().filter_map(number_of).collect()
    }
}

/// The field `number` of a line of JSON, or of a message or entry.
fn number_of(line: &str) -> Option<u64> {
    let names = ["\"number\":", " number=\"", "\nF_NUMBER="];
    let (_, rest) = names.iter().find_map(|name| line.split_once(name))?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[test]
fn a_file_keeps_the_order() {
    contract::order(Arc::new(FileSinks), &mut File::new());
}

#[test]
fn a_file_is_whole_after_a_shutdown() {
    contract::close(Arc::new(FileSinks), &mut File::new());
}

#[test]
fn a_unix_socket_keeps_the_contract() {
    contract::order(Arc::new(UnixSinks), &mut SocketPeer::unix());
    contract::slow_peer(Arc::new(UnixSinks), &mut SocketPeer::unix());
    contract::full_queue(Arc::new(UnixSinks), &mut SocketPeer::unix());
    contract::lost_peer(Arc::new(UnixSinks), &mut SocketPeer::unix());
    contract::flush_limit(Arc::new(UnixSinks), &mut SocketPeer::unix());
    contract::close(Arc::new(UnixSinks), &mut SocketPeer::unix());
}

#[test]
fn a_tcp_connection_keeps_the_contract() {
    contract::order(Arc::new(TcpSinks), &mut SocketPeer::tcp());
    contract::slow_peer(Arc::new(TcpSinks), &mut SocketPeer::tcp());
    contract::full_queue(Arc::new(TcpSinks), &mut SocketPeer::tcp());
    contract::lost_peer(Arc::new(TcpSinks), &mut SocketPeer::tcp());
    contract::flush_limit(Arc::new(TcpSinks), &mut SocketPeer::tcp());
    contract::close(Arc::new(TcpSinks), &mut SocketPeer::tcp());
}

#[test]
fn syslog_over_a_connection_keeps_the_contract() {
    contract::order(Arc::new(SyslogSinks), &mut SocketPeer::syslog());
    contract::slow_peer(Arc::new(SyslogSinks), &mut SocketPeer::syslog());
    contract::full_queue(Arc::new(SyslogSinks), &mut SocketPeer::syslog());
    contract::lost_peer(Arc::new(SyslogSinks), &mut SocketPeer::syslog());
    contract::flush_limit(Arc::new(SyslogSinks), &mut SocketPeer::syslog());
    contract::close(Arc::new(SyslogSinks), &mut SocketPeer::syslog());
}

#[test]
fn syslog_in_datagrams_keeps_the_contract() {
    keeps_the_contract_in_datagrams(&(Arc::new(SyslogSinks) as Arc<_>), "syslog");
}

#[test]
fn journald_keeps_the_contract() {
    keeps_the_contract_in_datagrams(&(Arc::new(JournaldSinks) as Arc<_>), "journald");
}

fn keeps_the_contract_in_datagrams(factory: &Arc<dyn SinkFactory>, ty: &'static str) {
    contract::order(factory.clone(), &mut DatagramPeer::new(ty));
    contract::slow_peer(factory.clone(), &mut DatagramPeer::new(ty));
    contract::full_queue(factory.clone(), &mut DatagramPeer::new(ty));
    contract::lost_peer(factory.clone(), &mut DatagramPeer::new(ty));
    contract::flush_limit(factory.clone(), &mut DatagramPeer::new(ty));
    contract::close(factory.clone(), &mut DatagramPeer::new(ty));
}

#[test]
fn statsd_keeps_the_contract() {
    contract::counts(Arc::new(StatsdSinks), &mut DatagramPeer::new("statsd"));
    contract::lost_metrics_peer(Arc::new(StatsdSinks), &mut DatagramPeer::new("statsd"));
    contract::last_report(Arc::new(StatsdSinks), &mut DatagramPeer::new("statsd"));
}
