//! `elasticsearch`, against a strict stand-in in Python.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use common::ask::must;
use common::relay::{Mode, Relay};
use common::servers::{self, Running};
use common::{Program, STREAM};
use rheostat_core::ledger::Cause;
use rheostat_policy::MapEnvironment;
use rheostat_sink_http::ElasticsearchSinks;
use rheostat_testkit::contract::{self, Peer};
use rheostat_testkit::real::{self, Need};
use serde_json::{Value, json};

const PYTHON: Need = Need::Module("http.server", "python3");

fn keys(address: &str, more: &str) -> String {
    format!(
        "type = 'elasticsearch'\nurl = 'http://{address}'\nindex = 'Events-{{tenant}}'\n\
         headers = {{ authorization = 'Basic am9lOmNhbmFyeQ==' }}\n{more}\n"
    )
}

fn docs(server: &Running) -> Vec<Value> {
    match serde_json::from_str(&must(&server.address, "GET", "/docs", "")).unwrap() {
        Value::Array(docs) => docs,
        other => panic!("{other}"),
    }
}

#[test]
fn each_record_is_a_document_of_its_index() {
    if !real::have("elasticsearch: each_record_is_a_document", &[PYTHON]) {
        return;
    }
    let server = servers::script("elasticsearch.py");
    let program = Program::new(&keys(&server.address, "compression = 'gzip'"), STREAM);
    program.run(|| {
        tracing::warn!(target: "shop", tenant = "acme", cents = -250, took = 1.5, text = "a\t\"b\"\n\\c ž", "sold");
        tracing::info!(target: "shop", paid = true, "paid");
    });
    program.flush();
    let docs = docs(&server);
    assert_eq!(docs[0]["index"], "events-acme");
    assert_eq!(docs[1]["index"], "events-missing");
    let doc = &docs[0]["doc"];
    assert_eq!(
        doc["fields"],
        json!({ "tenant": "acme", "cents": -250, "took": 1.5, "text": "a\t\"b\"\n\\c ž" })
    );
    assert_eq!(
        (&doc["level"], &doc["message"], &doc["rule"]),
        (&json!("warn"), &json!("sold"), &json!("r"))
    );
    assert_eq!(doc["@timestamp"], doc["time"]);
}

#[test]
fn items_are_refused_put_off_and_known_again_one_by_one() {
    if !real::have("elasticsearch: items_are_refused", &[PYTHON]) {
        return;
    }
    let server = servers::script("elasticsearch.py");
    let relay = Relay::http(&server.address);
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("dead.jsonl");
    let more = format!(
        "retry = {{ first = '5ms', max = '20ms' }}\nbatch = {{ every = '5ms' }}\ndead_letter = '{}'",
        letters.display()
    );
    let program = Program::new(&keys(&relay.address, &more), STREAM);
    // Every other item is put off until the server has room.
    must(&server.address, "POST", "/fail?item=429", "");
    program.run(|| {
        for cents in 0..40 {
            tracing::info!(target: "shop", cents);
            if cents == 20 {
                tracing::info!(target: "shop", cents = "twenty");
            }
        }
    });
    program.kit.drain();
    real::eventually("items are put off", || {
        program.said().contains("rejected execution")
    });
    must(&server.address, "POST", "/fail?item=0", "");
    program.flush();
    let mut cents: Vec<u64> = docs(&server)
        .iter()
        .map(|doc| doc["doc"]["fields"]["cents"].as_u64().unwrap())
        .collect();
    cents.sort_unstable();
    assert!(cents.iter().copied().eq(0..40), "{cents:?}");
    assert_eq!(program.ended(Cause::DeadLettered), 1);
    let letter = std::fs::read_to_string(&letters).unwrap();
    assert!(
        letter.contains("failed to parse field [fields.cents]"),
        "{letter}"
    );

    // An answer that was lost: what is there already is not indexed twice.
    relay.set(Mode::ResetBeforeAnswer);
    program.run(|| tracing::info!(target: "shop", cents = 99));
    program.kit.drain();
    real::eventually("the answer is lost", || {
        program.said().contains("cannot reach")
    });
    relay.set(Mode::Pass);
    program.flush();
    let all = docs(&server);
    let of_records = all.iter().filter(|doc| doc["doc"]["kind"] != "gap");
    assert_eq!(of_records.count(), 41, "{all:?}");
    assert_eq!(program.ended(Cause::Delivered), 41);
}

#[test]
fn whole_requests_are_put_off_halved_or_refused() {
    if !real::have("elasticsearch: whole_requests", &[PYTHON]) {
        return;
    }
    let server = servers::script("elasticsearch.py");
    let relay = Relay::http(&server.address);
    let more = "retry = { first = '5ms', max = '20ms' }\nbatch = { every = '5ms' }\ntimeout = '1s'";
    let program = Program::new(&keys(&relay.address, more), STREAM);
    let answer = |status: &str, more: &str| {
        let body = "{\"error\":{\"type\":\"es_rejected_execution_exception\"}}";
        Mode::Answer(format!(
            "HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let faults = [
        (answer("429 Too Many Requests", "Retry-After: 1\r\n"), "429"),
        (answer("503 Service Unavailable", ""), "503"),
        (answer("401 Unauthorized", ""), "401"),
        (Mode::Hang, "did not answer within 1 s"),
        (Mode::ResetMidBody, "cannot reach"),
    ];
    for (mode, said) in faults {
        relay.set(mode);
        program.run(|| tracing::info!(target: "shop", said));
        program.kit.drain();
        real::eventually(said, || program.said().contains(said));
        relay.set(Mode::Pass);
        program.flush();
    }
    assert_eq!(docs(&server).len(), 5);
    assert_eq!(program.ended(Cause::Delivered), 5);
}

#[test]
fn a_password_that_a_server_quotes_is_not_shown() {
    if !real::have("elasticsearch: a_password", &[PYTHON]) {
        return;
    }
    let server = servers::script("elasticsearch.py");
    let relay = Relay::http(&server.address);
    let body = "no user joe with canary, am9lOmNhbmFyeQ==";
    relay.set(Mode::Answer(format!(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )));
    let policy = format!(
        "version = 1\n[sinks.s]\ntype = 'elasticsearch'\nurl = 'http://{}'\nindex = 'events'\nuser = 'joe'\n\
         password = {{ env = 'PASSWORD' }}\nbatch = {{ every = '5ms' }}\n{STREAM}",
        relay.address
    );
    let program = Program::new(&keys(&relay.address, ""), STREAM);
    let environment = MapEnvironment::new().with_var("PASSWORD", "canary");
    let applied = program.run(|| program.kit.apply_in(&policy, &environment));
    applied.unwrap();
    program.run(|| tracing::info!(target: "shop", "one"));
    program.kit.drain();
    real::eventually("the login is refused", || {
        program.said().contains("403 Forbidden")
    });
    let said = program.said();
    assert!(
        !said.contains("canary") && !said.contains("am9lOmNhbmFyeQ"),
        "{said}"
    );
    assert!(!format!("{:?}", program.kit.queues()).contains("canary"));
}

/// The stand-in, whose documents stand as they came.
struct Index {
    server: Running,
    relay: Relay,
}

impl Index {
    fn new() -> Self {
        let server = servers::script("elasticsearch.py");
        let relay = Relay::http(&server.address);
        Self { server, relay }
    }
}

impl Peer for Index {
    fn keys(&self) -> String {
        keys(&self.relay.address, "")
    }

    fn arrived(&mut self) -> Vec<u64> {
        let docs = docs(&self.server);
        docs.iter()
            .filter_map(|doc| doc["doc"]["fields"]["number"].as_u64())
            .collect()
    }

    fn stall(&mut self) {
        self.relay.set(Mode::Hang);
    }

    fn resume(&mut self) {
        self.relay.set(Mode::Pass);
    }

    fn leave(&mut self) {
        self.relay.leave();
    }

    fn come_back(&mut self) {
        self.relay.come_back();
    }
}

#[test]
fn it_keeps_the_contract() {
    if !real::have("elasticsearch: it_keeps_the_contract", &[PYTHON]) {
        return;
    }
    contract::records(&(Arc::new(ElasticsearchSinks) as _), Index::new);
}
