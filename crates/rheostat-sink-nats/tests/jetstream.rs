//! `nats` with JetStream: acknowledged, kept once, whatever goes wrong on the way.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::wire::Wire;
use common::{Mode, NATS, Program, Relay, STREAM, nats};
use rheostat_core::ledger::Cause;
use rheostat_sink_nats::NatsSinks;
use rheostat_testkit::contract::{self, Peer};
use rheostat_testkit::real::{self, Running};
use serde_json::json;

fn keys(address: &str, more: &str) -> String {
    format!(
        "address = '{address}'\nsubject = 'shop.{{tenant}}'\njetstream = true\nonly = ['events']\n\
         retry = {{ first = '5ms', max = '50ms' }}\n{more}\n"
    )
}

fn fire(program: &Program, numbers: std::ops::Range<u64>) {
    program.run(|| {
        for number in numbers {
            tracing::info!(target: "shop", tenant = "a", number);
        }
    });
    program.kit.drain();
}

/// The numbers of what a stream has kept, in its order; what tells of a gap has none.
fn kept(address: &str) -> Vec<u64> {
    let wire = Wire::connect(address, "");
    let all = wire.kept("SHOP");
    all.iter()
        .filter_map(|one| one.json()["fields"]["number"].as_u64())
        .collect()
}

#[test]
fn a_stream_is_made_on_request_and_keeps_each_record_once() {
    if !real::have("nats: a_stream_is_made_on_request", &[NATS]) {
        return;
    }
    let nats = nats("");
    let more = "create = 'SHOP'\nmax_age = '7d'\nmax_bytes = '64MiB'";
    let program = Program::new(&keys(&nats.address, more), STREAM);
    program.run(|| {
        tracing::info!(target: "shop", tenant = "x.y z", cents = -1299, share = 0.125, "paid");
        tracing::info!(target: "shop", cents = i64::MAX, "no tenant");
    });
    program.flush();

    let wire = Wire::connect(&nats.address, "");
    let config = &wire.stream("SHOP")["config"];
    assert_eq!(config["subjects"], json!(["shop.*"]));
    assert_eq!(config["max_age"], json!(7 * 86_400 * 1_000_000_000_i64));
    assert_eq!(config["max_bytes"], json!(64 << 20));
    assert_eq!(config["duplicate_window"], json!(600 * 1_000_000_000_i64));
    let all = wire.kept("SHOP");
    let subjects: Vec<_> = all.iter().map(|one| &*one.subject).collect();
    assert_eq!(subjects, ["shop.x_y_z", "shop.missing"]);
    let first = all[0].json();
    assert_eq!(first["fields"]["cents"], json!(-1299));
    assert_eq!(first["fields"]["share"], json!(0.125));
    assert_eq!(first["fields"]["tenant"], json!("x.y z"));
    assert_eq!(
        all[1].json()["fields"]["cents"],
        json!("9223372036854775807")
    );
    assert!(all[0].header("Nats-Msg-Id").unwrap().ends_with("-0"));
    assert_eq!(program.ended(Cause::Delivered), 2);
    assert!(program.kit.queues().status()[0].acknowledges);
}

#[test]
fn what_the_server_took_before_its_answers_were_lost_is_kept_once() {
    if !real::have("nats: what_the_server_took", &[NATS]) {
        return;
    }
    let nats = nats("");
    let relay = Relay::bytes(&nats.address);
    let more = "create = 'SHOP'\ntimeout = '1s'\nbatch = { every = '10ms' }";
    let program = Program::new(&keys(&relay.address, more), STREAM);
    fire(&program, 0..100);
    program.flush();
    relay.set(Mode::Deaf);
    fire(&program, 100..600);
    real::eventually("an answer is missed", || {
        program.said().contains("no answer in time")
    });
    relay.set(Mode::Pass);
    program.flush();
    assert_eq!(kept(&nats.address), (0..600).collect::<Vec<_>>());
    assert_eq!(program.ended(Cause::Delivered), 600);
    assert!(relay.connections() > 1);
}

#[test]
fn answers_that_come_byte_by_byte_are_waited_for() {
    if !real::have("nats: answers_that_come_byte_by_byte", &[NATS]) {
        return;
    }
    let nats = nats("");
    let relay = Relay::bytes(&nats.address);
    let program = Program::new(
        &keys(&relay.address, "create = 'SHOP'\ntimeout = '30s'"),
        STREAM,
    );
    relay.set(Mode::Drip(Duration::from_micros(100)));
    fire(&program, 0..50);
    program.flush();
    assert_eq!(kept(&nats.address), (0..50).collect::<Vec<_>>());
    assert_eq!(relay.connections(), 1);
}

#[test]
fn a_hang_of_twice_the_timeout_loses_and_doubles_nothing() {
    if !real::have("nats: a_hang_of_twice_the_timeout", &[NATS]) {
        return;
    }
    let nats = nats("");
    let more = "create = 'SHOP'\ntimeout = '1s'\nbatch = { every = '10ms' }";
    let program = Program::new(&keys(&nats.address, more), STREAM);
    fire(&program, 0..100);
    program.flush();
    nats.signal("STOP");
    let began = std::time::Instant::now();
    fire(&program, 100..2_000);
    real::eventually("two attempts end", || began.elapsed().as_millis() > 2_000);
    assert!(
        program.said().contains("no answer in time"),
        "{}",
        program.said()
    );
    nats.signal("CONT");
    fire(&program, 2_000..2_100);
    program.flush();
    assert_eq!(kept(&nats.address), (0..2_100).collect::<Vec<_>>());
    assert_eq!(program.ended(Cause::Delivered), 2_100);
}

#[test]
fn three_kills_of_the_server_lose_and_double_nothing() {
    if !real::have("nats: three_kills_of_the_server", &[NATS]) {
        return;
    }
    let mut nats = nats("");
    let more = "create = 'SHOP'\ntimeout = '1s'\nbatch = { records = 64, every = '5ms' }\nbuffer = { memory = '64MiB' }";
    let program = Program::new(&keys(&nats.address, more), STREAM);
    for round in 0..3 {
        fire(&program, round * 3_000..round * 3_000 + 1_500);
        // Somewhere in the middle of it, and never at the same place.
        real::eventually("some are delivered", || {
            program.ended(Cause::Delivered) > round * 3_000 + 100 * round
        });
        nats.kill();
        fire(&program, round * 3_000 + 1_500..round * 3_000 + 3_000);
        nats.start_again();
        program.flush();
    }
    assert_eq!(program.ended(Cause::Delivered), 9_000);
    let kept = kept(&nats.address);
    let mut seen = kept.clone();
    seen.dedup();
    assert_eq!(
        seen,
        (0..9_000).collect::<Vec<_>>(),
        "{} of 9000",
        kept.len()
    );
}

#[test]
fn where_no_stream_listens_records_wait_for_one() {
    if !real::have("nats: where_no_stream_listens", &[NATS]) {
        return;
    }
    let nats = nats("");
    let more = "batch = { every = '10ms' }";
    let program = Program::new(&keys(&nats.address, more), STREAM);
    fire(&program, 0..10);
    real::eventually("it says so", || program.said().contains("no stream found"));
    assert!(!program.kit.queues().status()[0].up);
    let wire = Wire::connect(&nats.address, "");
    wire.make_stream("SHOP", &["shop.>"], json!({}));
    program.flush();
    assert_eq!(kept(&nats.address), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_record_that_the_stream_will_not_have_is_put_aside_with_its_reason() {
    if !real::have("nats: a_record_that_the_stream_will_not_have", &[NATS]) {
        return;
    }
    let nats = nats("");
    let wire = Wire::connect(&nats.address, "");
    wire.make_stream("SHOP", &["shop.>"], json!({ "max_msg_size": 2_000 }));
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("dead.jsonl");
    let more = format!("dead_letter = '{}'", letters.display());
    let program = Program::new(&keys(&nats.address, &more), STREAM);
    program.run(|| {
        for number in 0..9_u64 {
            let text = "x".repeat(if number == 4 { 3_000 } else { 3 });
            tracing::info!(target: "shop", tenant = "a", number, text);
        }
    });
    program.flush();
    assert_eq!(kept(&nats.address), [0, 1, 2, 3, 5, 6, 7, 8]);
    assert_eq!(program.ended(Cause::DeadLettered), 1);
    let letter = std::fs::read_to_string(letters).unwrap();
    assert!(
        letter.contains("message size exceeds maximum allowed"),
        "{letter}"
    );
}

#[test]
fn a_full_stream_is_waited_for() {
    if !real::have("nats: a_full_stream", &[NATS]) {
        return;
    }
    let nats = nats("");
    let wire = Wire::connect(&nats.address, "");
    wire.make_stream(
        "SHOP",
        &["shop.>"],
        json!({ "max_msgs": 5, "discard": "new" }),
    );
    let program = Program::new(&keys(&nats.address, "batch = { every = '10ms' }"), STREAM);
    fire(&program, 0..8);
    real::eventually("it is full", || {
        program.said().contains("maximum messages exceeded")
    });
    let mut config = wire.stream("SHOP")["config"].clone();
    config["max_msgs"] = json!(100);
    wire.api("STREAM.UPDATE.SHOP", &config);
    program.flush();
    assert_eq!(kept(&nats.address), (0..8).collect::<Vec<_>>());
    assert_eq!(program.ended(Cause::Delivered), 8);
}

/// A stream behind a relay.
struct Stream {
    nats: Running,
    relay: Relay,
}

impl Stream {
    fn new() -> Self {
        let nats = nats("");
        let wire = Wire::connect(&nats.address, "");
        wire.make_stream("SHOP", &["shop.>"], json!({}));
        let relay = Relay::bytes(&nats.address);
        Self { nats, relay }
    }
}

impl Peer for Stream {
    fn keys(&self) -> String {
        format!(
            "type = 'nats'\naddress = '{}'\nsubject = 'shop.all'\njetstream = true\nonly = ['events']",
            self.relay.address
        )
    }

    fn arrived(&mut self) -> Vec<u64> {
        kept(&self.nats.address)
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
    if !real::have("nats: it_keeps_the_contract", &[NATS]) {
        return;
    }
    contract::records(&(Arc::new(NatsSinks) as _), Stream::new);
}
