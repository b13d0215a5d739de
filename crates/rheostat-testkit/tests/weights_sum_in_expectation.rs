//! Weights of what a limit lets through sum, in expectation, to what happened.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![allow(
    clippy::cast_precision_loss,
    reason = "counts of a test are far below 2^53"
)]

use std::time::Duration;

use rheostat_core::clock::Clock;
use rheostat_core::engine::Options;
use rheostat_testkit::{Kit, Mount, check, mock};

const RECORDS: u64 = 40_000;

fn policy(sink: &str, limit: &str) -> String {
    format!(
        "version = 1\n[sinks.all]\ntype = '{sink}'\n[[rules]]\nname = 'limited'\n\
         match = {{ target = 'app' }}\nstream = {{ sink = 'all', {limit} }}\n"
    )
}

/// The weights of what comes of so many records under a limit, each of one of ten tenants.
fn weights(limit: &str) -> Vec<f64> {
    let seen = check(&policy("stdout", limit), || {
        for number in 0..RECORDS {
            tracing::info!(target: "app", number, tenant = number % 10);
            // What a ring cannot take would be another loss than the one that is tested.
            if number.is_multiple_of(256) {
                rheostat_core::flow::Hub::global().drain();
            }
        }
    });
    let ended: u64 = seen.ledger().iter().map(|line| line.records).sum();
    assert_eq!(ended, RECORDS, "the ledger sums: {:?}", seen.ledger());
    seen.records("all")
        .iter()
        .map(|record| record.weight)
        .collect()
}

/// Sampling is chance: the sum of weights lies within `sigmas` standard deviations, which is never missed
/// in the life of a project.
fn assert_sums(weights: &[f64], ratio: f64) {
    let sigmas = 8.0;
    let sum: f64 = weights.iter().sum();
    let deviation = (RECORDS as f64 * (1.0 - ratio) / ratio).sqrt();
    let off = (sum - RECORDS as f64).abs();
    assert!(
        off <= sigmas * deviation,
        "weights sum to {sum}, {} records passed",
        weights.len()
    );
}

#[test]
fn sampled_records_stand_for_those_left_out() {
    for ratio in [0.5, 0.05, 0.01] {
        let weights = weights(&format!("sample = {ratio}"));
        assert!(
            weights
                .iter()
                .all(|weight| (weight * ratio - 1.0).abs() < 1e-9)
        );
        assert_sums(&weights, ratio);
    }
}

#[test]
fn a_sample_of_everything_weighs_one_each() {
    assert_eq!(weights("sample = 1.0"), vec![1.0; RECORDS as usize]);
}

/// A limit on a clock that passes a tenth of a millisecond between records, and a while before the last ones.
#[test]
fn what_every_and_rate_hold_back_is_carried_by_the_next() {
    for limit in [
        "every = '1ms'",
        "every = { every = '3ms', by = ['tenant'] }",
        "rate = '100/s'",
        "rate = { rate = '5/s', burst = 2, by = ['tenant'] }",
        "every = '1ms', rate = '5/s'",
        "every = { every = '3ms', by = ['tenant'] }, rate = '20/s'",
        "every = '1ms', rate = { rate = '5/s', burst = 2, by = ['tenant'] }",
    ] {
        let (sink, all) = mock::sink("all").build();
        let clock = Clock::manual(1_000_000_000);
        let options = Options {
            clock: clock.clone(),
            canary: false,
            ..Options::default()
        };
        let kit = Kit::with([sink], options);
        let fire = |number: u64| tracing::info!(target: "app", number, tenant = number % 10);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        tracing::dispatcher::with_default(&dispatch, || {
            kit.must_apply(&policy("all", limit));
            kit.engine().installed();
            for number in 0..3_000 {
                fire(number);
                clock.advance(Duration::from_micros(100));
            }
            // Each of these passes, and carries what its key still holds back.
            for number in 0..10 {
                clock.advance(Duration::from_secs(60));
                fire(number);
            }
        });
        let report = kit.flush(Duration::from_secs(60));
        assert!(report.is_complete(), "{report:?}");
        let records = all.records();
        let sum: f64 = records.iter().map(|record| record.weight).sum();
        assert!(records.len() < 3_000, "{limit}: something was held back");
        assert!(
            (sum - 3_010.0).abs() < 1e-6,
            "{limit}: weights sum to {sum}"
        );
        assert_eq!(kit.asked("limited", "all"), 3_010);
    }
}
