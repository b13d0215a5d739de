//! The sinks `udp`, and `unix` with `datagram`.

mod common;

use std::net::UdpSocket;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use common::reader::socket_path;
use common::{Folder, eventually, flush, numbers, start};
use rheostat_core::ledger::Cause;

const QUICK: &str = "batch = { every = \"1ms\" }\nretry = { first = \"1ms\", max = \"5ms\" }";

fn received(
    mut receive: impl FnMut(&mut [u8]) -> std::io::Result<usize>,
    count: usize,
) -> Vec<String> {
    let mut room = vec![0; 65536];
    (0..count)
        .map(|_| {
            let len = receive(&mut room).expect("a datagram");
            String::from_utf8(room[..len].to_vec()).expect("UTF-8")
        })
        .collect()
}

fn udp() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a timeout");
    let address = socket.local_addr().expect("an address");
    (
        socket,
        format!("type = \"udp\"\naddress = \"{address}\"\n{QUICK}"),
    )
}

#[test]
fn each_record_is_one_datagram_without_a_line_feed() {
    let (socket, sink) = udp();
    let running = start(&sink);
    running.feed.put(0..50);
    flush(&running.queues);
    let datagrams = received(|room| socket.recv(room), 50);
    assert!(datagrams.iter().all(|datagram| !datagram.contains('\n')));
    assert_eq!(numbers(&datagrams), (0..50).collect::<Vec<_>>());
}

#[test]
fn a_record_too_large_for_a_datagram_is_refused_and_the_others_arrive() {
    let (socket, sink) = udp();
    let running = start(&format!("{sink}\nformat = \"json\""));
    running.feed.put(0..1);
    running.feed.put_padded(1..2, &"\u{1}".repeat(20_000));
    running.feed.put(2..3);
    flush(&running.queues);
    let account = &running.feed.account;
    assert_eq!(account.get(Cause::Destination), 1);
    assert_eq!(account.get(Cause::Delivered), 2);
    assert_eq!(numbers(received(|room| socket.recv(room), 2)), [0, 2]);
}

#[test]
fn each_record_is_one_datagram_of_a_unix_socket() {
    let folder = Folder::new();
    let path = socket_path(&folder);
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a timeout");
    let running = start(&format!(
        "type = \"unix\"\ndatagram = true\npath = {path:?}\n{QUICK}"
    ));
    running.feed.put(0..50);
    let datagrams = received(|room| socket.recv(room), 50);
    assert_eq!(numbers(&datagrams), (0..50).collect::<Vec<_>>());
}

#[test]
fn a_unix_socket_that_is_not_there_gets_all_when_it_comes() {
    let folder = Folder::new();
    let path = socket_path(&folder);
    let running = start(&format!(
        "type = \"unix\"\ndatagram = true\npath = {path:?}\n{QUICK}"
    ));
    running.feed.put(0..3);
    eventually("the sink is down", || !running.queues.status()[0].up);
    let socket = UnixDatagram::bind(&path).expect("a socket");
    flush(&running.queues);
    assert_eq!(numbers(received(|room| socket.recv(room), 3)), [0, 1, 2]);
}
