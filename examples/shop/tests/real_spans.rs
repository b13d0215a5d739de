//! Spans of the shop, decoded by readers that share no code with it: every
//! request's tree is the expected one, and contexts cross both borders.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use shop::load::{Report, Trace};
use support::process::Running;
use support::real::{self, Need};
use support::shop::{Shop, Wish};
use support::{spans, wait};

const OTLP: Need = Need::Module(
    "opentelemetry.proto.trace.v1.trace_pb2",
    "opentelemetry-proto",
);
const GRPC: Need = Need::Module("grpc", "grpcio");
/// Fifty requests at a time, each with a `traceparent` of its own.
const LOAD: &str = "--visits 500 --at-once 50 --traced --seed 17";

#[test]
fn the_json_file_holds_every_requests_tree() {
    if !real::have("the_json_file_holds_every_requests_tree", &[OTLP]) {
        return;
    }
    let shop = Shop::open();
    let report = shop.load(LOAD);
    let files = shop.close();
    let text = files.read("spans.jsonl");
    let spans = spans::read(&real::read_with("read_otlp_json.py", &text));
    assert!(
        spans.iter().all(|span| span.resource["service"] == "shop"),
        "constant labels are on the resource"
    );
    spans::assert_trees(&spans, &report.traces);
    assert!(!text.contains("4242 1881"), "payment cards are redacted");
}

#[test]
fn a_grpc_collector_gets_every_requests_tree() {
    collector_gets_every_tree("a_grpc_collector_gets_every_requests_tree", |(grpc, _)| {
        format!("endpoint = \"http://127.0.0.1:{grpc}\", protocol = \"grpc\"")
    });
}

#[test]
fn an_http_collector_gets_every_requests_tree() {
    collector_gets_every_tree("an_http_collector_gets_every_requests_tree", |(_, http)| {
        format!("endpoint = \"http://127.0.0.1:{http}\", protocol = \"http\"")
    });
}

fn collector_gets_every_tree(test: &str, sink: impl Fn((u16, u16)) -> String) {
    if !real::have(test, &[OTLP, GRPC]) {
        return;
    }
    let collector = Collector::start();
    let keys = sink(collector.ports).replace(", ", "\n");
    let policy = move |text: String| {
        text.replace(
            "path = \"${SHOP_OUT:-../../target/shop}/spans.jsonl\"",
            &keys,
        )
    };
    let shop = Shop::open_with(&Wish {
        policy: Some(&policy),
        ..Wish::default()
    });
    let report: Report = shop.load(LOAD);
    shop.close();
    let wanted = spans::expected_number(&report.traces);
    wait::wait_for("all spans to be received", || {
        (collector.lines().len() >= wanted).then_some(())
    });
    let spans = spans::read(&collector.lines().join("\n"));
    spans::assert_trees(&spans, &report.traces);
}

#[test]
fn a_peer_receives_the_context_of_the_span_that_called_it() {
    if !real::have("a_peer_receives_the_context", &[OTLP]) {
        return;
    }
    let peer = Peer::start();
    let shop = Shop::open_with(&Wish {
        variables: &[("SHOP_PRICING", peer.base.clone())],
        ..Wish::default()
    });
    let report = shop.load("--visits 200 --at-once 20 --traced --seed 19");
    let files = shop.close();
    let spans = spans::read(&real::read_with(
        "read_otlp_json.py",
        &files.read("spans.jsonl"),
    ));
    let sent = spans
        .iter()
        .filter(|span| span.name == "quote")
        .map(|span| format!("00-{}-{}-01", span.trace_id, span.span_id));
    let sent: BTreeSet<String> = sent.collect();
    let orders = report
        .traces
        .iter()
        .filter(|trace: &&Trace| trace.route == "/orders")
        .count();
    assert_eq!(sent.len(), orders);
    assert_eq!(*peer.received.lock().unwrap(), sent);
}

/// A trace collector in Python.
struct Collector {
    /// For gRPC and for HTTP.
    ports: (u16, u16),
    out: tempfile::NamedTempFile,
    _process: Running,
}

impl Collector {
    fn start() -> Self {
        let out = tempfile::NamedTempFile::new().unwrap();
        let mut command = real::python();
        let mut process = Running::start(
            command
                .arg(real::script("otlp_collector.py"))
                .arg(out.path())
                .stdout(Stdio::piped()),
        );
        let mut line = String::new();
        BufReader::new(process.stdout())
            .read_line(&mut line)
            .unwrap();
        let ports: Vec<u16> = line
            .split_whitespace()
            .map(|port| port.parse().unwrap())
            .collect();
        Self {
            ports: (ports[0], ports[1]),
            out,
            _process: process,
        }
    }

    /// One line for each span received so far.
    fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.out.path()).unwrap();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(str::to_owned).collect()
    }
}

/// A pricing service that remembers the `traceparent` of every request.
struct Peer {
    base: String,
    received: Arc<Mutex<BTreeSet<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Peer {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let received = Arc::new(Mutex::new(BTreeSet::new()));
        let remember = Arc::clone(&received);
        let price = axum::routing::get(move |headers: axum::http::HeaderMap| {
            let given = headers
                .get("traceparent")
                .map(|value| value.to_str().unwrap().to_owned());
            remember.lock().unwrap().insert(given.unwrap_or_default());
            async { axum::Json(serde_json::json!({ "unit_cents": 100, "discount_percent": 0 })) }
        });
        let router = axum::Router::new().route("/price/{product}", price);
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            base,
            received,
            _runtime: runtime,
        }
    }
}
