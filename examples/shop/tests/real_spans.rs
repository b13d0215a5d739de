//! Spans of the shop, decoded by readers that share no code with it: every
//! request's tree is the expected one, and contexts cross both borders.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use shop::load::{Report, Trace};
use support::collector::Collector;
use support::real::{self, Need};
use support::shop::{Shop, Wish};
use support::{spans, wait};

const OTLP: Need = Need::Module(
    "opentelemetry.proto.trace.v1.trace_pb2",
    "opentelemetry-proto",
);
const GRPC: Need = Need::Module("grpc", "grpcio");
const ROTEL: Need = Need::Module("rotel", "--pre rotel");
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
    if real::have("a_grpc_collector_gets_every_requests_tree", &[OTLP, GRPC]) {
        gets_every_tree(&Collector::python(), by_grpc);
    }
}

#[test]
fn an_http_collector_gets_every_requests_tree() {
    if real::have("an_http_collector_gets_every_requests_tree", &[OTLP, GRPC]) {
        gets_every_tree(&Collector::python(), by_http);
    }
}

#[test]
fn rotel_gets_every_requests_tree_by_grpc() {
    if real::have("rotel_gets_every_requests_tree_by_grpc", &[ROTEL]) {
        gets_every_tree(&Collector::rotel(), by_grpc);
    }
}

#[test]
fn rotel_gets_every_requests_tree_by_http() {
    if real::have("rotel_gets_every_requests_tree_by_http", &[ROTEL]) {
        gets_every_tree(&Collector::rotel(), by_http);
    }
}

fn by_grpc(collector: &Collector) -> String {
    format!(
        "endpoint = \"http://127.0.0.1:{}\"\nprotocol = \"grpc\"",
        collector.grpc
    )
}

fn by_http(collector: &Collector) -> String {
    format!(
        "endpoint = \"http://127.0.0.1:{}\"\nprotocol = \"http\"",
        collector.http
    )
}

fn gets_every_tree(collector: &Collector, keys: fn(&Collector) -> String) {
    let keys = keys(collector);
    let policy = move |text: String| {
        let path = "path = \"${SHOP_OUT:-../../target/shop}/spans.jsonl\"";
        assert!(text.contains(path), "the shipped policy has another sink");
        text.replace(path, &keys)
    };
    let shop = Shop::open_with(&Wish {
        policy: Some(&policy),
        ..Wish::default()
    });
    let report: Report = shop.load(LOAD);
    shop.close();
    let wanted = spans::expected_number(&report.traces);
    wait::wait_for("all spans to be received", || {
        (collector.spans().len() >= wanted).then_some(())
    });
    spans::assert_trees(&collector.spans(), &report.traces);
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
