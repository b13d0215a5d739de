//! `nats` without JetStream, against the real server, read by a client that shares no code with the sink.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use common::wire::Wire;
use common::{Mode, NATS, Program, Relay, STREAM, nats};
use rheostat_core::ledger::Cause;
use rheostat_sink_nats::NatsSinks;
use rheostat_testkit::contract::{self, Peer};
use rheostat_testkit::real::{self, Running};
use serde_json::json;

const RULES: &str = r#"
    [metrics.took_seconds]
    kind = "histogram"
    buckets = [0.5, 1]
    [[rules]]
    name = "r"
    match = { target = "shop", event = "*" }
    stream = { sink = "s", span_fields = ["user"] }
    count = { metric = "orders_total", labels = ["country"] }
    histogram = { metric = "took_seconds", of = "took" }
    gauge = { metric = "depth", of = "debt" }
    "#;

fn fire(program: &Program) {
    program.run(|| {
        let span = tracing::info_span!(target: "web", "request", user = 7);
        let _in = span.enter();
        tracing::warn!(target: "shop", country = "c.z *>", took = 0.25, paid = true, debt = -12.25, big = u64::MAX,
            text = "a\t\"b\"\r\n\\c ž", "not found");
        tracing::info!(target: "shop", country = "de", took = 4.0, debt = 3.5, "odd");
    });
    program.flush();
}

#[test]
fn each_field_and_number_arrives_on_the_subject_of_its_record() {
    if !real::have("nats: each_field_and_number_arrives", &[NATS]) {
        return;
    }
    let nats = nats("");
    let wire = Wire::connect(&nats.address, "");
    wire.listen("shop.>");
    let keys = format!(
        "address = '{}'\nsubject = 'shop.{{@level}}.{{country}}'\nonly = ['events']",
        nats.address
    );
    let program = Program::new(&keys, RULES);
    fire(&program);

    let all = wire.wait_for(2);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].subject, "shop.warn.c_z___");
    assert_eq!(all[1].subject, "shop.info.de");
    let first = all[0].json();
    for (key, value) in [
        ("level", json!("warn")),
        ("target", json!("shop")),
        ("message", json!("not found")),
        ("rule", json!("r")),
    ] {
        assert_eq!(first[key], value, "{key}: {first}");
    }
    for (field, value) in [
        ("country", json!("c.z *>")),
        ("took", json!(0.25)),
        ("paid", json!(true)),
        ("debt", json!(-12.25)),
        ("big", json!("18446744073709551615")),
        ("text", json!("a\t\"b\"\r\n\\c ž")),
    ] {
        assert_eq!(first["fields"][field], value, "{field}: {first}");
    }
    assert_eq!(first["spans"][0]["name"], json!("request"), "{first}");
    assert_eq!(first["spans"][0]["fields"]["user"], json!(7), "{first}");
    assert_eq!(all[1].json()["fields"]["took"], json!(4.0));
    assert_eq!(all[1].json()["fields"]["debt"], json!(3.5));
    let ids: Vec<_> = all
        .iter()
        .map(|one| one.header("Nats-Msg-Id").unwrap())
        .collect();
    assert!(ids[0].ends_with("-0") && ids[1].ends_with("-1"), "{ids:?}");
    assert_eq!(program.ended(Cause::Delivered), 2);
}

#[test]
fn metrics_are_objects_with_their_numbers() {
    if !real::have("nats: metrics_are_objects", &[NATS]) {
        return;
    }
    let nats = nats("");
    let wire = Wire::connect(&nats.address, "");
    wire.listen("rows.*");
    let keys = format!(
        "address = '{}'\nsubject = 'shop'\nmetrics_subject = 'rows.shop'\nmetrics_every = '1h'",
        nats.address
    );
    let program = Program::new(&keys, RULES);
    fire(&program);
    real::eventually("the metrics come", || wire.messages().len() >= 4);
    let mut all: Vec<_> = wire
        .messages()
        .iter()
        .map(|one| one.json())
        .filter(|one| !one["metric"].as_str().unwrap().starts_with("rheostat"))
        .collect();
    all.sort_by_key(|one| format!("{}{}", one["metric"], one["labels"]));
    assert_eq!(all.len(), 4, "{all:?}");
    let of = |at: usize| (all[at]["metric"].clone(), all[at]["value"].clone());
    assert_eq!(of(0), (json!("depth"), json!(3.5)));
    assert_eq!(of(1), (json!("orders_total"), json!(1)));
    assert_eq!(all[1]["labels"], json!({ "country": "c.z *>" }));
    assert_eq!(all[2]["labels"], json!({ "country": "de" }));
    let took = &all[3];
    assert_eq!(
        (&took["kind"], &took["unit"]),
        (&json!("histogram"), &json!("seconds"))
    );
    assert_eq!((&took["count"], &took["sum"]), (&json!(2), &json!(4.25)));
    let buckets = json!([[0.5, 1], [1.0, 1], ["Infinity", 2]]);
    assert_eq!(took["buckets"], buckets);
    assert!(took["from"].as_str().unwrap() <= took["time"].as_str().unwrap());
}

#[test]
fn lines_come_together_and_whole_as_influx_spout_takes_them() {
    if !real::have("nats: lines_come_together", &[NATS]) {
        return;
    }
    let nats = nats("max_payload: 8192\n");
    let wire = Wire::connect(&nats.address, "");
    wire.listen("influx-spout");
    let keys = format!(
        "address = '{}'\nsubject = 'influx-spout'\nmetrics_subject = 'influx-spout'\nformat = 'line_protocol'\n\
         measurement = 'orders'\ntags = ['country']\nmetrics_every = '1h'",
        nats.address
    );
    let program = Program::new(&keys, RULES);
    program.run(|| {
        for number in 0..200 {
            tracing::info!(target: "shop", country = "d e", took = 0.5, debt = 1.5, number, "paid");
        }
    });
    program.flush();
    let lines = || {
        let all = wire.messages().into_iter();
        let lines = all.flat_map(|one| one.text().lines().map(str::to_owned).collect::<Vec<_>>());
        lines.collect::<Vec<_>>()
    };
    real::eventually("all lines come", || {
        lines().iter().any(|line| line.starts_with("took_seconds"))
    });
    let orders: Vec<_> = lines()
        .into_iter()
        .filter(|line| line.starts_with("orders,"))
        .collect();
    assert_eq!(orders.len(), 200);
    for (number, line) in orders.iter().enumerate() {
        assert!(line.contains(",country=d\\ e weight=1,"), "{line}");
        assert!(line.contains(&format!(",number={number}i,")), "{line}");
    }
    let of = |name: &str| {
        lines()
            .into_iter()
            .find(|line| line.starts_with(name))
            .unwrap()
    };
    assert!(
        of("orders_total,").contains(" value=200 "),
        "{}",
        of("orders_total,")
    );
    assert!(
        of("took_seconds ").contains("count=200i,sum=100,0.5=200i,1.0=200i,+Inf=200i "),
        "{}",
        of("took_seconds ")
    );
    let all = wire.messages();
    assert!(all.len() < 50, "{} messages", all.len());
    assert!(
        all.iter()
            .all(|one| one.payload.len() <= 8192 && one.payload.ends_with(b"\n"))
    );
}

#[test]
fn cbor_arrives_as_it_is() {
    if !real::have("nats: cbor_arrives", &[NATS]) {
        return;
    }
    let nats = nats("");
    let wire = Wire::connect(&nats.address, "");
    wire.listen("shop");
    let keys = format!(
        "address = '{}'\nsubject = 'shop'\nformat = 'cbor'",
        nats.address
    );
    let program = Program::new(&keys, STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 1299, "paid"));
    program.flush();
    let payload = wire.wait_for(1).swap_remove(0).payload;
    // The text `cents`, then the unsigned integer 1299, as RFC 8949 writes them.
    let written = b"\x65cents\x19\x05\x13";
    assert!(
        payload.windows(written.len()).any(|at| at == written),
        "{payload:?}"
    );
}

#[test]
fn a_record_that_is_too_long_is_put_aside_and_the_others_arrive() {
    if !real::have("nats: a_record_that_is_too_long", &[NATS]) {
        return;
    }
    let nats = nats("max_payload: 2048\n");
    let wire = Wire::connect(&nats.address, "");
    wire.listen("shop");
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("dead.jsonl");
    let keys = format!(
        "address = '{}'\nsubject = 'shop'\ndead_letter = '{}'",
        nats.address,
        letters.display()
    );
    let program = Program::new(&keys, STREAM);
    program.run(|| {
        for number in 0..9 {
            let text = "x".repeat(if number == 4 { 3000 } else { 3 });
            tracing::info!(target: "shop", number, text);
        }
    });
    program.flush();
    let numbers: Vec<_> = wire
        .wait_for(8)
        .iter()
        .map(|one| one.json()["fields"]["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [0, 1, 2, 3, 5, 6, 7, 8]);
    assert_eq!(program.ended(Cause::DeadLettered), 1);
    let letter = std::fs::read_to_string(letters).unwrap();
    assert!(
        letter.contains("Payload size limit of 2048 exceeded"),
        "{letter}"
    );
}

/// A listener at the server, and the sink behind a relay.
struct Listener {
    _nats: Running,
    wire: Wire,
    relay: Relay,
}

impl Listener {
    fn new() -> Self {
        let nats = nats("");
        let wire = Wire::connect(&nats.address, "");
        wire.listen("shop");
        Self {
            wire,
            relay: Relay::bytes(&nats.address),
            _nats: nats,
        }
    }
}

impl Peer for Listener {
    fn keys(&self) -> String {
        format!(
            "type = 'nats'\naddress = '{}'\nsubject = 'shop'\nonly = ['events']",
            self.relay.address
        )
    }

    fn arrived(&mut self) -> Vec<u64> {
        let all = self.wire.messages();
        // What tells of a gap has no number.
        all.iter()
            .filter_map(|one| one.json()["fields"]["number"].as_u64())
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
    if !real::have("nats: it_keeps_the_contract without JetStream", &[NATS]) {
        return;
    }
    contract::records(&(Arc::new(NatsSinks) as _), Listener::new);
}
