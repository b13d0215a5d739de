//! The endpoint, read as a scraper reads it.

mod parser;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rheostat_metrics::{Endpoint, Identity, Listen, ManualClock, Registry, Settings};

fn listen(address: &str, token: Option<&str>) -> Listen {
    Listen {
        address: address.into(),
        token: token.map(Arc::from),
    }
}

fn registry() -> Registry {
    let registry = Registry::with(2, ManualClock::new());
    let metric = registry.prepare(&Identity::counter("c_total", &[]), &Settings::default());
    registry.apply([(metric.clone(), Settings::default())]);
    metric.add(&registry.labels(), 7);
    registry
}

fn endpoint(listen: &Listen) -> Endpoint {
    let endpoint = Endpoint::new(registry(), || {});
    move_to(&endpoint, listen);
    endpoint
}

fn move_to(endpoint: &Endpoint, listen: &Listen) {
    let prepared = endpoint.prepare(Some(listen)).expect("the address is free");
    endpoint.commit(prepared);
}

/// Status line and headers, and the body.
fn request(to: SocketAddr, head: &str) -> (String, String) {
    let mut stream = TcpStream::connect(to).expect("somebody listens");
    write!(stream, "{head}\r\nHost: x\r\nConnection: close\r\n\r\n").expect("written");
    read(&mut stream)
}

fn read(stream: &mut TcpStream) -> (String, String) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_lowercase(), body.to_owned())
}

#[test]
fn metrics_are_served_in_the_format_that_is_asked_for() {
    let endpoint = endpoint(&listen("127.0.0.1:0", None));
    let to = endpoint.address().expect("it listens");
    let (head, body) = request(to, "GET /metrics HTTP/1.1");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(
        head.contains("content-type: text/plain; version=0.0.4"),
        "{head}"
    );
    assert_eq!(
        parser::text(&body).expect("parses").value("c_total", &[]),
        Some(7.0)
    );
    let (head, body) = request(
        to,
        "GET /metrics?x=1 HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0",
    );
    assert!(head.contains("application/openmetrics-text"), "{head}");
    parser::openmetrics(&body).expect("parses");
}

#[test]
fn what_is_not_there_or_not_allowed_is_said() {
    let endpoint = endpoint(&listen("127.0.0.1:0", None));
    let to = endpoint.address().expect("it listens");
    let (head, body) = request(to, "GET /metric HTTP/1.1");
    assert!(head.starts_with("http/1.1 404"), "{head}");
    assert!(body.contains("/metrics"), "{body}");
    let (head, _) = request(to, "POST /metrics HTTP/1.1\r\nContent-Length: 0");
    assert!(head.starts_with("http/1.1 405"), "{head}");
    assert!(head.contains("allow: get, head"), "{head}");
}

#[test]
fn a_token_guards_every_route() {
    let endpoint = endpoint(&listen("127.0.0.1:0", Some("open sesame")));
    let to = endpoint.address().expect("it listens");
    for path in ["/metrics", "/", "/other"] {
        let (head, _) = request(to, &format!("GET {path} HTTP/1.1"));
        assert!(head.starts_with("http/1.1 401"), "{head}");
        assert!(head.contains("www-authenticate: bearer"), "{head}");
    }
    let (head, _) = request(
        to,
        "GET /metrics HTTP/1.1\r\nAuthorization: Bearer open sesame",
    );
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

#[test]
fn another_token_at_the_same_address_needs_no_new_listener() {
    let address = "127.0.0.1:0";
    let endpoint = endpoint(&listen(address, None));
    let to = endpoint.address().expect("it listens");
    move_to(&endpoint, &listen(address, Some("new")));
    assert_eq!(endpoint.address(), Some(to));
    assert!(
        request(to, "GET /metrics HTTP/1.1")
            .0
            .starts_with("http/1.1 401")
    );
}

#[test]
fn an_address_that_is_taken_is_an_error_and_changes_nothing() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = taken.local_addr().expect("an address").to_string();
    let endpoint = endpoint(&listen("127.0.0.1:0", None));
    let before = endpoint.address();
    let error = endpoint
        .prepare(Some(&listen(&address, None)))
        .expect_err("it is taken");
    assert_eq!(error.to_string(), format!("cannot listen at \"{address}\""));
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(endpoint.address(), before);
    assert!(endpoint.prepare(Some(&listen("nonsense", None))).is_err());
}

#[test]
fn a_request_under_way_is_answered_when_the_listener_moves() {
    let endpoint = endpoint(&listen("127.0.0.1:0", None));
    let old = endpoint.address().expect("it listens");
    let mut under_way = TcpStream::connect(old).expect("somebody listens");
    under_way
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        .expect("half a head");
    move_to(&endpoint, &listen("localhost:0", None));
    let new = endpoint.address().expect("it listens");
    assert_ne!(old, new);
    assert!(
        request(new, "GET /metrics HTTP/1.1")
            .0
            .starts_with("http/1.1 200")
    );
    under_way
        .write_all(b"Connection: close\r\n\r\n")
        .expect("the rest");
    assert!(read(&mut under_way).0.starts_with("http/1.1 200"));
    // The old address is given up once nobody is served there.
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(old).is_ok() {
        assert!(Instant::now() < deadline, "the old listener stays");
        std::thread::yield_now();
    }
}

#[test]
fn the_same_port_on_other_interfaces_loses_no_scrape() {
    let port = free_port();
    let (here, everywhere) = (format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}"));
    let endpoint = endpoint(&listen(&here, None));
    let to: SocketAddr = here.parse().expect("an address");
    let done = AtomicBool::new(false);
    let scrapes = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let (head, _) = request(to, "GET /metrics HTTP/1.1");
                    assert!(head.starts_with("http/1.1 200"), "{head}");
                    scrapes.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for address in [&everywhere, &here].iter().cycle().take(10) {
            let before = scrapes.load(Ordering::Relaxed);
            move_to(&endpoint, &listen(address, None));
            assert_eq!(endpoint.problem(), None);
            let deadline = Instant::now() + Duration::from_secs(30);
            while scrapes.load(Ordering::Relaxed) < before + 20 {
                assert!(Instant::now() < deadline, "nobody is served at {address}");
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(endpoint.address(), Some(to));
}

#[test]
fn a_port_that_somebody_else_has_a_part_of_is_an_error_and_changes_nothing() {
    let port = free_port();
    let endpoint = endpoint(&listen(&format!("127.0.0.1:{port}"), None));
    let _other = TcpListener::bind(("127.0.0.2", port)).expect("nobody else is there");
    let error = endpoint
        .prepare(Some(&listen(&format!("0.0.0.0:{port}"), None)))
        .expect_err("a part of it is taken");
    assert_eq!(
        error.to_string(),
        format!("cannot listen at \"0.0.0.0:{port}\"")
    );
    let to = endpoint.address().expect("it stays where it was");
    assert_eq!(to.ip().to_string(), "127.0.0.1");
    assert!(
        request(to, "GET /metrics HTTP/1.1")
            .0
            .starts_with("http/1.1 200")
    );
}

#[test]
fn a_change_that_is_prepared_and_not_made_takes_no_connection() {
    let port = free_port();
    let endpoint = endpoint(&listen(&format!("0.0.0.0:{port}"), None));
    let prepared = endpoint
        .prepare(Some(&listen(&format!("127.0.0.1:{port}"), None)))
        .expect("the port is ours");
    let to = format!("127.0.0.1:{port}").parse().expect("an address");
    for _ in 0..2 {
        let (head, _) = request(to, "GET /metrics HTTP/1.1");
        assert!(head.starts_with("http/1.1 200"), "{head}");
    }
    drop(prepared);
    assert!(
        TcpListener::bind(to).is_err(),
        "the port is shared with nobody"
    );
}

/// A port at which nobody listens.
fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("bound");
    free.local_addr().expect("an address").port()
}

#[test]
fn without_an_address_nothing_listens() {
    let endpoint = endpoint(&listen("127.0.0.1:0", None));
    let closed = endpoint.prepare(None).expect("nothing to bind");
    endpoint.commit(closed);
    assert_eq!(endpoint.address(), None);
}

#[test]
fn the_servers_thread_is_marked_before_it_serves() {
    static MARKED: AtomicUsize = AtomicUsize::new(0);
    let endpoint = Endpoint::new(registry(), || {
        MARKED.fetch_add(1, Ordering::SeqCst);
    });
    move_to(&endpoint, &listen("127.0.0.1:0", None));
    request(
        endpoint.address().expect("it listens"),
        "GET /metrics HTTP/1.1",
    );
    assert_eq!(MARKED.load(Ordering::SeqCst), 1);
}
