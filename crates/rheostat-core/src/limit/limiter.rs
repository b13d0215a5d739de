//! The limits of one action, with what they remember.

use rheostat_policy::model::Limits;

use super::every::Gate;
use super::keys::Keys;
use super::random;
use super::rate::Bucket;
use crate::ledger::Cause;

/// What became of a record at its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It passes and stands for this many.
    Passes(f64),
    /// It does not.
    Held(Cause),
}

/// The hashes of a record's keys: `None` where the limit has no `by`, or decides per record after all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyHashes {
    pub(crate) sample: Option<u64>,
    pub(crate) every: Option<u64>,
    pub(crate) rate: Option<u64>,
}

/// The limits of one action.
///
/// It outlives policies: a rule that stays, with the same limits, keeps it.
#[derive(Debug)]
pub(crate) struct Limiter {
    limits: Limits,
    every: Option<(u64, Gates)>,
    rate: Option<(Bucket, Gates)>,
}

#[derive(Debug)]
enum Gates {
    One(Gate),
    Many(Keys),
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, max_keys: u32) -> Self {
        let gates = |keyed: bool| match keyed {
            true => Gates::Many(Keys::new(max_keys)),
            false => Gates::One(Gate::default()),
        };
        let every = limits.every.as_ref().map(|every| {
            let period = u64::try_from(every.period.as_nanos()).unwrap_or(u64::MAX);
            (period, gates(!every.by.is_empty()))
        });
        let rate = limits.rate.as_ref().map(|rate| {
            let bucket = Bucket::new(rate.per_second, rate.burst);
            (bucket, gates(!rate.by.is_empty()))
        });
        Self {
            limits: limits.clone(),
            every,
            rate,
        }
    }

    /// Whether an action with these limits can go on with what this one remembers.
    pub(crate) fn serves(&self, limits: &Limits) -> bool {
        self.limits == *limits
    }

    /// Judges one record.
    ///
    /// `now` is asked for only where time decides.
    pub(crate) fn judge(&self, keys: KeyHashes, now: impl Fn() -> u64) -> Verdict {
        let Some(sample) = &self.limits.sample else {
            return self.judge_gates(keys, now);
        };
        let drawn = keys.sample.map_or_else(random::unit, random::to_unit);
        if drawn >= sample.ratio {
            return Verdict::Held(Cause::Sample);
        }
        match self.judge_gates(keys, now) {
            Verdict::Passes(weight) => Verdict::Passes(weight / sample.ratio),
            held => held,
        }
    }

    /// The same without `sample`, for what was sampled otherwise.
    pub(crate) fn judge_gates(&self, keys: KeyHashes, now: impl Fn() -> u64) -> Verdict {
        // A record held back by `rate` takes along what it already stands for, so that nothing is lost
        // between the two, whatever their keys.
        let mut stands_for = 1;
        if let Some((period, gates)) = &self.every {
            let now = now();
            let (gate, shared) = gates.of(keys.every, now);
            match gate.first_of(*period, now) {
                Some(held) => stands_for += held,
                None => return Verdict::Held(cause(Cause::Every, shared)),
            }
        }
        if let Some((bucket, gates)) = &self.rate {
            let now = now();
            let (gate, shared) = gates.of(keys.rate, now);
            match bucket.take(gate, now, stands_for) {
                Some(held) => stands_for += held,
                None => return Verdict::Held(cause(Cause::Rate, shared)),
            }
        }
        Verdict::Passes(weight(stands_for))
    }
}

/// The most memory that the limits of one action remember keys in.
pub(crate) fn most_bytes(limits: &Limits, max_keys: u32) -> u64 {
    let every = limits.every.iter().map(|every| &every.by);
    let rate = limits.rate.iter().map(|rate| &rate.by);
    let keyed = every.chain(rate).filter(|by| !by.is_empty());
    keyed.count() as u64 * Keys::most_bytes(max_keys)
}

impl Gates {
    fn of(&self, key: Option<u64>, now: u64) -> (&Gate, bool) {
        match self {
            Self::One(gate) => (gate, false),
            Self::Many(keys) => keys.gate(key.unwrap_or(1), now),
        }
    }
}

fn cause(own: Cause, shared: bool) -> Cause {
    if shared { Cause::Keys } else { own }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no limiter holds back 2^53 records between two"
)]
fn weight(records: u64) -> f64 {
    records as f64
}
