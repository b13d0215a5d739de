//! What becomes of records and metrics when a collector does not take them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::{Collector, GRPC, LONG, OTLP, Program, STREAM, WAYS};
use rheostat_core::ledger::Cause;
use rheostat_testkit::real;
use rheostat_testkit::relay::{Mode, Relay};
use serde_json::{Value, json};

/// The same test by gRPC and by HTTP, each with a collector of its own.
fn each_way(name: &str, test: fn(&str, Collector)) {
    if real::have(name, &[OTLP, GRPC]) {
        for way in WAYS {
            test(way, Collector::start());
        }
    }
}

#[test]
fn what_a_busy_collector_did_not_take_arrives_once() {
    each_way(
        "what_a_busy_collector_did_not_take_arrives_once",
        |way, collector| {
            let program = Program::new(&collector.keys(way), STREAM);
            collector.faults(
                r#"[{"status": 429, "code": 8, "wait": 0.01, "headers": {"Retry-After": "0"}},
                {"status": 503, "code": 14}, {"status": 502, "code": 1}, {"status": 504, "code": 4},
                {"status": 500, "code": 10}]"#,
            );
            program.fire(0..10);
            program.flush();
            assert_eq!(collector.numbers(), (0..10).collect::<Vec<_>>());
            assert_eq!(collector.requests().len(), 6);
            assert_eq!(program.ended(Cause::Delivered), 10);
        },
    );
}

#[test]
fn a_collector_that_wants_to_be_left_alone_is() {
    each_way(
        "a_collector_that_wants_to_be_left_alone_is",
        |way, collector| {
            let program = Program::new(&collector.keys(way), STREAM);
            collector.faults(r#"[{"status": 429, "code": 14, "wait": 3600, "headers": {"Retry-After": "3600"}}]"#);
            program.fire(0..1);
            collector.asked(1);
            for _ in 0..5 {
                assert!(!program.kit.flush(Duration::from_millis(50)).is_complete());
            }
            assert_eq!(collector.requests().len(), 1);
        },
    );
}

#[test]
fn a_batch_that_is_too_large_is_taken_apart() {
    each_way(
        "a_batch_that_is_too_large_is_taken_apart",
        |way, collector| {
            let program = Program::new(&collector.keys(way), STREAM);
            collector.limits(r#"{"most": 3}"#);
            program.fire(0..20);
            program.flush();
            assert_eq!(collector.numbers(), (0..20).collect::<Vec<_>>());
            assert_eq!(program.ended(Cause::Delivered), 20);
        },
    );
}

#[test]
fn only_the_record_to_blame_is_put_aside_with_the_collectors_reason() {
    let name = "only_the_record_to_blame_is_put_aside_with_the_collectors_reason";
    each_way(name, |way, collector| {
        let letters = collector.running.file("letters");
        let keys = format!(
            "{}dead_letter = '{}'\n",
            collector.keys(way),
            letters.display()
        );
        let program = Program::new(&keys, STREAM);
        collector.limits(r#"{"poison": "bad"}"#);
        program.fire(0..7);
        program.run(|| tracing::info!(target: "shop", number = 7, "bad"));
        program.fire(8..12);
        program.flush();
        let all: Vec<u64> = (0..12).filter(|number| *number != 7).collect();
        assert_eq!(collector.numbers(), all);
        assert_eq!(program.ended(Cause::DeadLettered), 1);
        let letters = common::lines(&letters);
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0]["record"]["message"], "bad");
        assert!(
            letters[0]["why"].as_str().unwrap().ends_with("poisoned"),
            "{}",
            letters[0]
        );
        program.fire(12..13);
        program.flush();
        let gap = collector
            .logs()
            .into_iter()
            .find(|log| log["event"] == "rheostat.gap")
            .unwrap();
        assert_eq!(gap["attributes"]["rheostat.lost"], json!(["int", 1]));
        assert_eq!(
            gap["attributes"]["rheostat.lost.dead_letter"],
            json!(["int", 1])
        );
        assert_eq!(
            (&gap["scope"], &gap["severity_text"]),
            (&json!("rheostat"), &json!("WARN"))
        );
        collector.assert_right();
    });
}

#[test]
fn what_is_refused_without_a_name_is_counted_and_all_is_kept_to_be_looked_through() {
    let name = "what_is_refused_without_a_name_is_counted_and_all_is_kept_to_be_looked_through";
    each_way(name, |way, collector| {
        let letters = collector.running.file("letters");
        let keys = format!(
            "{}dead_letter = '{}'\n",
            collector.keys(way),
            letters.display()
        );
        let program = Program::new(&keys, STREAM);
        collector.faults(r#"[{"reject": 2, "why": "too old"}]"#);
        program.fire(0..5);
        program.flush();
        assert_eq!(collector.numbers(), [0, 1, 2], "and none of them twice");
        assert_eq!(program.ended(Cause::Delivered), 3);
        assert_eq!(program.ended(Cause::DeadLettered), 2);
        let letters = common::lines(&letters);
        assert_eq!(letters.len(), 5);
        let why = letters[0]["why"].as_str().unwrap();
        assert!(
            why.ends_with("refused 2 of 5 and did not say which: too old"),
            "{why}"
        );
    });
}

#[test]
fn where_all_are_refused_each_one_is_counted() {
    each_way(
        "where_all_are_refused_each_one_is_counted",
        |way, collector| {
            let program = Program::new(&collector.keys(way), STREAM);
            collector.faults(r#"[{"reject": 5, "why": "no"}]"#);
            program.fire(0..5);
            program.flush();
            assert_eq!(program.ended(Cause::Destination), 5);
            assert_eq!(collector.requests().len(), 1, "none of it is sent again");
        },
    );
}

#[test]
fn a_collector_that_lets_nobody_in_is_waited_for() {
    each_way(
        "a_collector_that_lets_nobody_in_is_waited_for",
        |way, collector| {
            let program = Program::new(&collector.keys(way), STREAM);
            collector.faults(r#"[{"status": 401, "code": 16}, {"status": 403, "code": 7}]"#);
            program.fire(0..5);
            collector.asked(1);
            program.flush();
            assert_eq!(collector.numbers(), [0, 1, 2, 3, 4]);
            assert_eq!(program.ended(Cause::Delivered), 5);
        },
    );
}

#[test]
fn a_hang_of_twice_the_timeout_costs_nothing() {
    each_way(
        "a_hang_of_twice_the_timeout_costs_nothing",
        |way, collector| {
            let keys = format!("{}timeout = '1s'\n", collector.keys(way));
            let program = Program::new(&keys, STREAM);
            program.fire(0..5);
            program.flush();
            collector.running.signal("STOP");
            program.fire(5..10);
            assert!(!program.kit.flush(Duration::from_secs(2)).is_complete());
            assert!(
                program.said().contains("did not answer within 1 s"),
                "{}",
                program.said()
            );
            collector.running.signal("CONT");
            program.fire(10..15);
            program.flush();
            let mut numbers = collector.numbers();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers, (0..15).collect::<Vec<_>>());
            assert_eq!(program.ended(Cause::Delivered), 15);
        },
    );
}

#[test]
fn an_answer_that_never_comes_is_not_waited_for_longer_than_the_timeout() {
    let name = "an_answer_that_never_comes_is_not_waited_for_longer_than_the_timeout";
    each_way(name, |way, collector| {
        let keys = format!("{}timeout = '200ms'\n", collector.keys(way));
        let program = Program::new(&keys, STREAM);
        collector.faults(r#"[{"hang": true}]"#);
        program.fire(0..3);
        program.flush();
        assert_eq!(
            collector.numbers(),
            [0, 1, 2, 0, 1, 2],
            "nobody can tell that it was there"
        );
        let uids: Vec<Value> = collector
            .logs()
            .iter()
            .map(|log| log["attributes"]["log.record.uid"].clone())
            .collect();
        assert_eq!(uids[..3], uids[3..], "but by their numbers");
    });
}

#[test]
fn a_connection_that_breaks_in_the_middle_is_made_anew() {
    each_way(
        "a_connection_that_breaks_in_the_middle_is_made_anew",
        |way, collector| {
            let mut relay = Relay::bytes(collector.at(way));
            let program = Program::new(&common::keys(way, &relay.address), STREAM);
            program.fire(0..5);
            program.flush();
            for (at, fault) in [Mode::ResetMidBody, Mode::ResetBeforeAnswer]
                .into_iter()
                .enumerate()
            {
                let first = 5 + at as u64 * 5;
                relay.set(fault);
                program.fire(first..first + 5);
                assert!(!program.kit.flush(Duration::from_millis(100)).is_complete());
                relay.set(Mode::Pass);
                program.flush();
            }
            relay.leave();
            program.fire(15..20);
            assert!(!program.kit.flush(Duration::from_millis(100)).is_complete());
            relay.come_back();
            program.flush();
            let mut numbers = collector.numbers();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers, (0..20).collect::<Vec<_>>());
            assert_eq!(program.ended(Cause::Delivered), 20);
        },
    );
}

#[test]
fn a_collector_that_starts_again_goes_on() {
    each_way(
        "a_collector_that_starts_again_goes_on",
        |way, mut collector| {
            let program = Program::new(&collector.keys(way), STREAM);
            program.fire(0..5);
            program.flush();
            collector.running.kill();
            program.fire(5..10);
            assert!(!program.kit.flush(Duration::from_millis(100)).is_complete());
            collector.running.start_again();
            program.flush();
            assert_eq!(collector.numbers(), (0..10).collect::<Vec<_>>());
        },
    );
}

#[test]
fn a_point_that_is_refused_is_counted_and_the_others_are_there() {
    each_way(
        "a_point_that_is_refused_is_counted_and_the_others_are_there",
        |way, collector| {
            let rules = "[[rules]]\nmatch = { target = 'shop', event = '*' }\n\
                     count = { metric = 'orders_total', labels = ['number'] }\n";
            let program = Program::new(&collector.keys(way), rules);
            program.fire(0..3);
            collector.faults(r#"[{"reject": 1, "why": "stale"}]"#);
            let report = program.kit.flush(LONG);
            assert!(report.is_complete(), "{report:?}");
            let status = program.kit.queues().status().remove(0);
            assert_eq!((status.points_refused, status.up), (1, true));
            assert!(
                program.said().ends_with("and did not say which: stale"),
                "{}",
                program.said()
            );
        },
    );
}
