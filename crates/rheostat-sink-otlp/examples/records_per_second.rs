//! How many records a second the sink delivers, from the event to the collector's answer.
//!
//! `records_per_second RECORDS 'endpoint = "http://127.0.0.1:4317"' …`: the keys of the sink, one a word.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the command line"
)]

use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use rheostat_testkit::{Kit, Mount};
use tracing::dispatcher;

fn main() {
    let mut words = std::env::args().skip(1);
    let records: u64 = words.next().unwrap().parse().unwrap();
    let keys: Vec<String> = words.collect();
    let kit = Kit::new(rheostat_sink_otlp::all());
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    let policy = format!(
        "version = 1\n[sinks.s]\ntype = 'otlp'\n{}\nfull = 'block'\n[[rules]]\nname = 'r'\n\
         match = {{ target = 'shop', event = '*' }}\nstream = {{ sink = 's' }}\n",
        keys.join("\n")
    );
    dispatcher::with_default(&dispatch, || {
        kit.must_apply(&policy);
        kit.engine().installed();
        let start = Instant::now();
        for number in 0..records {
            let status = 200 + number % 5;
            tracing::info!(target: "shop", number, status, tenant = "acme", took = 0.25, "order taken");
        }
        let report = kit.flush(Duration::from_secs(600));
        let took = start.elapsed();
        let delivered = kit.ended("r", "s", Cause::Delivered);
        let rate = delivered as f64 / took.as_secs_f64();
        println!("{delivered} of {records} records in {took:.2?}: {rate:.0} records/s, {report}");
    });
    kit.shutdown(Duration::from_secs(10));
}
