//! A program that streams to the reference server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use rheostat_testkit::reference::{ReferenceServer, ReferenceSinks};
use rheostat_testkit::{Kit, Mount};
use tracing_core::{Dispatch, dispatcher};

pub(crate) const RULE: &str = "orders";
pub(crate) const SINK: &str = "tested";
/// Long enough for any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Bench {
    pub(crate) kit: Kit,
    dispatch: Dispatch,
    pub(crate) fired: u64,
}

impl Bench {
    /// A program with one rule; `more` are further keys of its sink.
    pub(crate) fn new(address: &str, more: &str) -> Self {
        let kit = Kit::new([Arc::new(ReferenceSinks) as _]);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let bench = Self {
            kit,
            dispatch,
            fired: 0,
        };
        dispatcher::with_default(&bench.dispatch, || {
            bench.kit.must_apply(&policy(address, more));
            bench.kit.engine().installed();
        });
        bench
    }

    pub(crate) fn at(server: &ReferenceServer, more: &str) -> Self {
        Self::new(&server.address().to_string(), more)
    }

    /// Fires so many records, each with its number.
    pub(crate) fn fire(&mut self, records: u64) {
        dispatcher::with_default(&self.dispatch, || {
            for number in self.fired..self.fired + records {
                tracing::info!(target: "faults", number, "order placed");
                if number % 64 == 0 {
                    self.kit.drain();
                }
            }
        });
        self.kit.drain();
        self.fired += records;
    }

    pub(crate) fn ended(&self, cause: Cause) -> u64 {
        self.kit.ended(RULE, SINK, cause)
    }

    /// Everything that is neither delivered nor waits.
    pub(crate) fn lost(&self) -> u64 {
        let causes = Cause::ALL.into_iter();
        causes
            .filter(|cause| *cause != Cause::Delivered)
            .map(|cause| self.ended(cause))
            .sum()
    }

    pub(crate) fn flush(&self) {
        let report = self.kit.flush(PATIENCE);
        assert!(report.is_complete(), "left after {PATIENCE:?}: {report:?}");
    }

    /// Waits until the sink was seen to fail, and gives the reason.
    pub(crate) fn wait_down(&self) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let status = &self.kit.queues().status()[0];
            if !status.up {
                return status.last_failure.clone().unwrap_or_default();
            }
            assert!(Instant::now() < until, "the sink is still up");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// What arrived and what is counted is what was fired, and nothing waits.
    pub(crate) fn assert_sums(&self, server: &ReferenceServer) {
        let account = self.kit.engine().ledger().entry(&RULE.into(), &SINK.into());
        assert_eq!(account.queued(), 0);
        assert_eq!(account.matched(), self.fired);
        assert_eq!(self.ended(Cause::Delivered) + self.lost(), self.fired);
        let mut numbers = server.took().numbers;
        assert_eq!(numbers.len() as u64, self.ended(Cause::Delivered));
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len() as u64, self.ended(Cause::Delivered));
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.kit.shutdown(Duration::from_millis(100));
    }
}

fn policy(address: &str, more: &str) -> String {
    format!(
        "version = 1
        [sinks.{SINK}]
        type = 'reference'
        address = '{address}'
        only = ['events']
        timeout = '200ms'
        retry = {{ first = '2ms', max = '20ms' }}
        batch = {{ records = 100, every = '5ms' }}
        {more}
        [[rules]]
        name = '{RULE}'
        match = {{ target = 'faults' }}
        stream = {{ sink = '{SINK}' }}"
    )
}
