//! What became of a batch.

use std::time::Duration;

use super::Failure;

/// What became of a batch, or of a report of metrics.
///
/// Positions count from 0: records of a [`Batch`](super::Batch) in their
/// order, points of a [`Report`](super::Report) in theirs. A gap does not count.
///
/// | the destination said | verdict | what the queue does |
/// |---|---|---|
/// | took it | `Delivered` | settles it |
/// | not now: 429, 500, 503, a reset, a timeout | `RetryAfter` | tries the rest again, after the wait asked for or its own backoff |
/// | these ones never | `Refused` | puts these aside, settles the others |
/// | some never, some not now | `Partly` | puts the ones aside, tries the others again |
/// | took it, but for so many, and not which | `Unnamed` | counts so many as refused, puts all aside to be looked through |
/// | not like this: 400, 413, and not why | `RefusedWhole` | halves it until the guilty stand alone, puts those aside |
/// | not from you: 401, 403, no such database | `Misconfigured` | is *down*; tries again at the longest pause |
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// The destination took all of it.
    Delivered,
    /// It took the first ones; the rest is to be tried again.
    RetryAfter {
        /// How many it took.
        delivered: usize,
        /// Not before this; absent: the queue's own backoff decides.
        after: Option<Duration>,
        /// What was in the way.
        why: Failure,
    },
    /// It took all but these, which it will never take.
    Refused(Vec<Refusal>),
    /// It answered for each one: what is named nowhere here it took.
    Partly {
        /// Those it will never take.
        refused: Vec<Refusal>,
        /// The positions of those it may take later, ascending.
        again: Vec<usize>,
        /// Not before this; absent: the queue's own backoff decides.
        after: Option<Duration>,
        /// What was in the way of those.
        why: Failure,
    },
    /// It took all but so many, which it will never take and did not name.
    ///
    /// None may be sent again, because most of them are there.
    Unnamed {
        /// How many it did not take: fewer than there were.
        refused: usize,
        /// Its reason.
        why: Failure,
    },
    /// It took nothing and never will, because of something in it that it did not name.
    RefusedWhole(Failure),
    /// It takes nothing from a sink that is set up like this, whatever is in a batch.
    ///
    /// Somebody has to change the policy or the destination, so records wait
    /// as the sink's `buffer` allows and are not taken apart.
    Misconfigured(Failure),
}

impl Verdict {
    /// Nothing was taken, try again when the queue thinks fit.
    pub fn retry(why: Failure) -> Self {
        Self::RetryAfter {
            delivered: 0,
            after: None,
            why,
        }
    }

    /// Nothing was taken, and the destination said how long to wait.
    pub fn retry_after(wait: Duration, why: Failure) -> Self {
        Self::RetryAfter {
            delivered: 0,
            after: Some(wait),
            why,
        }
    }
}

/// A record or point that a destination will never take.
#[derive(Debug)]
pub struct Refusal {
    /// Its position in the batch, from 0; the gap does not count.
    pub record: usize,
    /// The destination's reason.
    pub why: Failure,
}
