//! What every sink that takes metrics is held to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::sink::SinkFactory;
use tracing_core::{Dispatch, dispatcher};

use super::PATIENCE;
use crate::kit::Kit;
use crate::mount::Mount;

/// The other end of a sink that takes metrics.
pub trait MetricsPeer {
    /// The sink's keys in the policy, `type` included, one a line.
    fn keys(&self) -> String;

    /// What the counter `contract_total` stands at there; 0 where nothing came yet.
    fn counted(&mut self) -> u64;

    /// Goes away, so that nobody can be reached.
    fn leave(&mut self) {}

    /// Is there again, at the same place.
    fn come_back(&mut self) {}
}

/// A program with one rule that counts.
struct Bench<'p> {
    kit: Kit,
    dispatch: Dispatch,
    peer: &'p mut dyn MetricsPeer,
    fired: u64,
}

impl<'p> Bench<'p> {
    fn new(factory: Arc<dyn SinkFactory>, peer: &'p mut dyn MetricsPeer, every: &str) -> Self {
        let kit = Kit::new([factory]);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let text = format!(
            "version = 1\n[sinks.tested]\n{}\nmetrics_every = '{every}'\n\
             retry = {{ first = '5ms', max = '50ms' }}\n[[rules]]\n\
             match = {{ target = 'contract', event = '*' }}\ncount = {{ metric = 'contract_total' }}\n",
            peer.keys()
        );
        dispatcher::with_default(&dispatch, || {
            kit.must_apply(&text);
            kit.engine().installed();
        });
        Self {
            kit,
            dispatch,
            peer,
            fired: 0,
        }
    }

    fn fire(&mut self, events: u64) {
        dispatcher::with_default(&self.dispatch, || {
            for _ in 0..events {
                tracing::info!(target: "contract", "counted");
            }
        });
        self.fired += events;
    }

    /// The other end has all that was fired, and never more than that.
    fn assert_all_counted(&mut self) {
        let until = Instant::now() + PATIENCE;
        loop {
            let counted = self.peer.counted();
            assert!(counted <= self.fired, "{counted} of {}", self.fired);
            if counted == self.fired {
                return;
            }
            assert!(Instant::now() < until, "{counted} of {} came", self.fired);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        // Before the other end goes, and with nothing left that could matter.
        self.kit.shutdown(Duration::from_millis(100));
    }
}

/// What is counted arrives while it is counted, each event once.
///
/// # Panics
///
/// If not.
pub fn counts(factory: Arc<dyn SinkFactory>, peer: &mut dyn MetricsPeer) {
    let mut bench = Bench::new(factory, peer, "20ms");
    for _ in 0..5 {
        bench.fire(100);
        bench.assert_all_counted();
    }
}

/// What was counted while nobody could be reached arrives after, each event once.
///
/// # Panics
///
/// If not.
pub fn lost_metrics_peer(factory: Arc<dyn SinkFactory>, peer: &mut dyn MetricsPeer) {
    let mut bench = Bench::new(factory, peer, "20ms");
    bench.fire(100);
    bench.assert_all_counted();
    bench.peer.leave();
    bench.fire(10);
    assert!(!bench.kit.flush(Duration::from_millis(100)).is_complete());
    bench.fire(1);
    bench.peer.come_back();
    bench.assert_all_counted();
}

/// What was counted since the last report arrives at a shutdown.
///
/// # Panics
///
/// If not.
pub fn last_report(factory: Arc<dyn SinkFactory>, peer: &mut dyn MetricsPeer) {
    let mut bench = Bench::new(factory, peer, "1h");
    bench.fire(1_000);
    let report = bench.kit.shutdown(PATIENCE);
    assert!(report.is_complete(), "left after a shutdown: {report:?}");
    bench.assert_all_counted();
}
