//! The local sinks, held to what every sink is held to. Also an example of how to test a sink.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![cfg(unix)]

mod sockets;

use std::path::PathBuf;
use std::sync::Arc;

use rheostat_sink_local::{FileSinks, TcpSinks, UnixSinks};
use rheostat_testkit::contract::{self, Peer};
use tempfile::TempDir;

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

/// The field `number` of a line of JSON.
fn number_of(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("\"number\":")?;
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
