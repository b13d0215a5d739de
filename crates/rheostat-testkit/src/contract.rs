//! What every sink is held to, as functions that take the sink's factory and its other end.
//!
//! | function | what happens | what has to hold |
//! |---|---|---|
//! | [`order`] | thousands of records in a row | all arrive, once, in order |
//! | [`slow_peer`] | the other end does not read for a while | all arrive, once, in order |
//! | [`full_queue`] | it does not read, and the queue is small | what arrives and what is counted as dropped is all |
//! | [`lost_peer`] | it goes away and comes back | records arrive again; the ledger sums |
//! | [`flush_limit`] | a flush while it does not read | it returns, and says what waits |
//! | [`close`] | a shutdown with records under way | they arrive; later ones are counted as `closed` |
//! | [`counts`] | metrics, while they are counted | all is counted there, once |
//! | [`lost_metrics_peer`] | metrics, and nobody to be reached for a while | all is counted there, once |
//! | [`last_report`] | a shutdown before metrics are due | all is counted there, once |
//!
//! [`records`] is the first six. Each panics where the sink does not hold to it. A test of a sink calls those
//! whose situation its [`Peer`] can bring about.

mod metrics;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use rheostat_core::sink::SinkFactory;
use tracing_core::dispatcher;

use crate::kit::Kit;
use crate::mount::Mount;

pub use metrics::{MetricsPeer, counts, last_report, lost_metrics_peer};

/// The other end of a sink.
pub trait Peer {
    /// The sink's keys in the policy, `type` included, one a line.
    fn keys(&self) -> String;

    /// The `number` fields of the records that arrived so far, in the order of their arrival.
    fn arrived(&mut self) -> Vec<u64>;

    /// Reads no more, but stays.
    fn stall(&mut self) {}

    /// Reads again.
    fn resume(&mut self) {}

    /// Goes away, so that nobody can be reached.
    fn leave(&mut self) {}

    /// Is there again, at the same place.
    fn come_back(&mut self) {}
}

const RULE: &str = "contract";
const SINK: &str = "tested";
/// Long enough for any machine; nothing waits this long where all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program with one rule that streams to the sink.
struct Bench<'p> {
    kit: Kit,
    dispatch: tracing_core::Dispatch,
    peer: &'p mut dyn Peer,
    fired: u64,
}

impl<'p> Bench<'p> {
    fn new(factory: Arc<dyn SinkFactory>, peer: &'p mut dyn Peer, more: &str) -> Self {
        let kit = Kit::new([factory]);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let text = format!(
            "version = 1\n[sinks.{SINK}]\n{}\n{more}\n[[rules]]\nname = '{RULE}'\n\
             match = {{ target = 'contract', event = '*' }}\nstream = {{ sink = '{SINK}' }}\n",
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

    /// Fires so many records, each with its number and so much text.
    fn fire(&mut self, records: u64, size: usize) {
        let text = "x".repeat(size);
        dispatcher::with_default(&self.dispatch, || {
            for number in self.fired..self.fired + records {
                tracing::info!(target: "contract", number, text);
                // Rings are small beside what is fired here, and only queues are tested.
                if number % 64 == 0 {
                    self.kit.drain();
                }
            }
        });
        self.kit.drain();
        self.fired += records;
    }

    fn ended(&self, cause: Cause) -> u64 {
        self.kit.ended(RULE, SINK, cause)
    }

    fn lost(&self) -> u64 {
        let kept = [Cause::Delivered, Cause::Condition];
        let lost = Cause::ALL.into_iter().filter(|cause| !kept.contains(cause));
        lost.map(|cause| self.ended(cause)).sum()
    }

    /// Waits until that many have arrived, or time is up, and returns all that did.
    fn arrived(&mut self, records: u64) -> Vec<u64> {
        let until = Instant::now() + PATIENCE;
        loop {
            let arrived = self.peer.arrived();
            if arrived.len() as u64 >= records || Instant::now() > until {
                return arrived;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn flush(&self) {
        let report = self.kit.flush(PATIENCE);
        assert!(report.is_complete(), "left after {PATIENCE:?}: {report:?}");
    }

    /// Everything fired arrived once, in order.
    fn assert_all_in_order(&mut self) {
        self.flush();
        let (fired, arrived) = (self.fired, self.arrived(self.fired));
        assert!(
            arrived.iter().copied().eq(0..fired),
            "of {fired} came: {arrived:?}"
        );
        assert_eq!(self.ended(Cause::Delivered), fired);
        assert_eq!(self.lost(), 0);
    }
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        // Before the other end goes, and with nothing left that could matter.
        self.kit.shutdown(Duration::from_millis(100));
    }
}

/// Thousands of records in a row arrive, once, in order.
///
/// # Panics
///
/// If not.
pub fn order(factory: Arc<dyn SinkFactory>, peer: &mut dyn Peer) {
    let mut bench = Bench::new(factory, peer, "");
    bench.fire(5_000, 10);
    bench.assert_all_in_order();
}

/// All that sinks of records are held to, each with an other end of its own.
///
/// # Panics
///
/// Where the sink does not hold to it.
pub fn records<P: Peer>(factory: &Arc<dyn SinkFactory>, peer: impl Fn() -> P) {
    for held in [order, slow_peer, full_queue, lost_peer, flush_limit, close] {
        held(factory.clone(), &mut peer());
    }
}

/// Records that fire while the other end does not read arrive when it does.
///
/// # Panics
///
/// If not.
pub fn slow_peer(factory: Arc<dyn SinkFactory>, peer: &mut dyn Peer) {
    let mut bench = Bench::new(factory, peer, "buffer = { memory = '64MiB' }");
    bench.peer.stall();
    bench.fire(4_000, 2_000);
    bench.peer.resume();
    bench.assert_all_in_order();
}

/// What a full queue drops is counted, and nothing else is missing.
///
/// # Panics
///
/// If not.
pub fn full_queue(factory: Arc<dyn SinkFactory>, peer: &mut dyn Peer) {
    let mut bench = Bench::new(
        factory,
        peer,
        "buffer = { memory = '64KiB' }\nfull = 'drop_new'",
    );
    bench.peer.stall();
    bench.fire(12_000, 2_000);
    bench.peer.resume();
    bench.flush();
    let delivered = bench.ended(Cause::Delivered);
    let dropped = bench.ended(Cause::QueueFull);
    assert!(
        dropped > 0,
        "the other end did not stall: all {delivered} were delivered"
    );
    assert_eq!(delivered + dropped, bench.fired);
    let arrived = bench.arrived(delivered);
    assert_eq!(arrived.len() as u64, delivered);
    assert!(arrived.is_sorted(), "out of order: {arrived:?}");
}

/// After the other end went and came back, records arrive again, and the ledger sums.
///
/// # Panics
///
/// If not.
pub fn lost_peer(factory: Arc<dyn SinkFactory>, peer: &mut dyn Peer) {
    let mut bench = Bench::new(factory, peer, "retry = { first = '5ms', max = '50ms' }");
    bench.fire(100, 10);
    bench.flush();
    bench.peer.leave();
    bench.fire(100, 10);
    bench.peer.come_back();
    // What a dead connection took before anybody could know is gone; after that they arrive.
    let (back, until) = (bench.fired, Instant::now() + PATIENCE);
    while !bench.peer.arrived().iter().any(|number| *number >= back) {
        assert!(
            Instant::now() < until,
            "nothing arrives since the other end is back"
        );
        bench.fire(1, 10);
        bench.flush();
    }
    assert_eq!(bench.ended(Cause::Delivered) + bench.lost(), bench.fired);
}

/// A flush ends at its limit, and says what waits.
///
/// # Panics
///
/// If not.
pub fn flush_limit(factory: Arc<dyn SinkFactory>, peer: &mut dyn Peer) {
    let mut bench = Bench::new(factory, peer, "buffer = { memory = '64MiB' }");
    bench.peer.stall();
    bench.fire(8_000, 2_000);
    let report = bench.kit.flush(Duration::from_millis(50));
    let waiting: usize = report.waiting.iter().map(|(_, records)| records).sum();
    assert!(
        waiting > 0,
        "nothing waits, though the other end does not read: {report:?}"
    );
    bench.peer.resume();
    bench.assert_all_in_order();
}

/// A shutdown delivers what is under way; what fires later is counted as `closed`.
///
/// # Panics
///
/// If not.
pub fn close(factory: Arc<dyn SinkFactory>, peer: &mut dyn Peer) {
    let mut bench = Bench::new(factory, peer, "");
    bench.fire(1_000, 10);
    let report = bench.kit.shutdown(PATIENCE);
    assert!(report.is_complete(), "left after a shutdown: {report:?}");
    let arrived = bench.arrived(1_000);
    assert!(
        arrived.iter().copied().eq(0..1_000),
        "of 1000 came: {arrived:?}"
    );
    bench.fire(7, 10);
    assert_eq!(bench.ended(Cause::Closed), 7);
    assert_eq!(bench.ended(Cause::Delivered), 1_000);
}
