//! Where records go: sinks, the entrances to them, and who makes them.
//!
//! A sink is written by whoever knows a destination. It is handed batches on a
//! worker thread of ours and answers with a [`Verdict`]; waiting, batching,
//! retrying, splitting, dropping and counting are the queue's work and the
//! same for all sinks.
//!
//! # Writing a sink
//!
//! 1. A [`SinkFactory`]: `definition` says what the type is called and which
//!    keys it has, `stage` makes a sink of a checked `[sinks.NAME]`. Waiting,
//!    batching, retrying and `timeout` are read from the policy by the queue;
//!    `rheostat_queue::Settings::of(sink)` tells a sink its `timeout`.
//! 2. A [`Sink`]. [`deliver`](Sink::deliver) gets a [`Batch`] of typed records:
//!    write the gap if there is one, then each [`RecordView`] in order, as one
//!    request where the protocol has such a thing. [`report`](Sink::report)
//!    gets metrics as a [`Report`] of typed points.
//! 3. An honest [`Verdict`]. Never *delivered* before the destination said so,
//!    if it can; never a retry for what can not succeed; the destination's own
//!    words in the [`Failure`], no secrets.
//! 4. Connections are the sink's own: make one with the first batch, keep it,
//!    and drop it after an error that leaves its state unknown. The future may
//!    be dropped at any `await` (a timeout, the end of the process): what
//!    follows must then begin anew, not go on in the middle of a request.
//! 5. Repeating must do no harm where the protocol can tell: send
//!    [`Batch::token`], [`RecordView::id`] or [`Report::token`] along.
//!
//! No retry loop, no queue, no sleep of its own; the queue would not know of it.
//!
//! [`RecordView`]: crate::flow::RecordView
//! [`RecordView::id`]: crate::flow::RecordView::id
//! [`Report::token`]: Report#structfield.token

mod batch;
mod factory;
mod failure;
mod losses;
mod report;
mod tap;
mod verdict;

pub use batch::{Batch, Gap, RecordId};
pub use factory::{Around, SinkFactory};
pub use failure::Failure;
pub use losses::Losses;
pub use report::{
    Amount, Exemplar, Exponential, Family, Histogram, MetricKind, MetricSource, Point, Reading,
    Report, Temporality,
};
pub use tap::{NoTap, NoTaps, Tap, Taps};
pub use verdict::{Refusal, Verdict};

use std::future::{Future, ready};
use std::pin::Pin;

/// What a sink's methods return: a future on the heap, so that sinks of many kinds stand in one list.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A destination.
///
/// Called on a worker thread of its own, inside a current-thread tokio runtime
/// with timers and sockets, one call at a time, in the order of the records.
/// It may wait; a call that takes longer than the sink's `timeout` and one
/// second is dropped, and the whole batch is tried again. A sink that can say
/// how far it came keeps its `timeout` itself and answers `RetryAfter`.
///
/// A panic in it is a failure like any other. Blocking the thread holds up
/// nothing but this sink; still, what can be awaited should be.
pub trait Sink: Send + 'static {
    /// Hands over records; only where the sink takes events or logs.
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict>;

    /// Hands over metrics; only where the sink takes metrics.
    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        let _ = report;
        let why = Failure::new("this type of sink takes no metrics");
        Box::pin(ready(Verdict::Misconfigured(why)))
    }

    /// How it wants metrics.
    fn temporality(&self) -> Temporality {
        Temporality::Delta
    }

    /// Whether *delivered* is the destination's own word.
    ///
    /// If not, it means that the operating system or the connection took the
    /// bytes, and what they hold may still be lost: UDP, datagrams, a file.
    /// The sink's page says which it is.
    fn acknowledges(&self) -> bool {
        false
    }

    /// Whether a trail of durable records may end here.
    ///
    /// It may where what is *delivered* stays, on the destination's own word or
    /// as long as a file does, and where the JSON of a record stays as it is,
    /// byte by byte: who verifies the trail reads just that.
    fn keeps_trails(&self) -> bool {
        false
    }

    /// No batch will follow: writes out whatever was held back.
    fn close(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(ready(Ok(())))
    }
}
