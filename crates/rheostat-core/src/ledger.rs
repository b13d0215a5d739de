//! What became of every record, per rule and sink.
//!
//! At a quiet point, when rings are drained and nothing fires, the counts sum:
//! a record that matched, or came back from an earlier process's spool, was
//! either not let through (filtered, covered, sampled out, rate limited), or
//! refused, or dropped, or waits, or arrived. *Matched* is never counted on
//! its own; it is that sum without what came back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What became of a record: the `outcome` label of `rheostat_records_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// A condition did not hold.
    Filtered,
    /// A more generous rule brought it to the sink.
    Covered,
    /// `sample` or `every` left it out.
    SampledOut,
    /// `rate` left it out.
    RateLimited,
    /// It can never be taken.
    Refused,
    /// It could not be taken then.
    Dropped,
    /// It waits: in the sink's queue or on its way.
    Queued,
    /// The sink took it.
    Delivered,
    /// It was put aside in the dead-letter file.
    DeadLettered,
    /// It came back from a spool: not an end, but where it came from.
    Recovered,
}

/// Why: the `cause` label of `rheostat_records_total`. Each belongs to one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// `where`, of the rule or of the action.
    Condition,
    /// Another rule's record was taken.
    Covered,
    /// `sample`
    Sample,
    /// `every`
    Every,
    /// `rate`
    Rate,
    /// The limiter had no room for another key.
    Keys,
    /// It is larger than a ring takes.
    TooLarge,
    /// The destination refuses it for good.
    Destination,
    /// The thread's ring was full.
    RingFull,
    /// The sink's queue was full.
    QueueFull,
    /// `full = "block"` waited as long as it may.
    BlockLimit,
    /// The sink was told to stop.
    Closed,
    /// This process is a fork of the one whose threads deliver.
    Forked,
    /// Retried for as long as `retry.for` says.
    RetryLimit,
    /// The flush limit came first.
    Shutdown,
    /// It arrived.
    Delivered,
    /// It was put aside.
    DeadLettered,
    /// The disk that it was to be written to did not take it.
    Disk,
    /// What was on disk could not be read any more.
    Corrupt,
    /// It stays on disk, for the next process or policy that has its spool.
    OnDisk,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 20] = [
        Self::Condition,
        Self::Covered,
        Self::Sample,
        Self::Every,
        Self::Rate,
        Self::Keys,
        Self::TooLarge,
        Self::Destination,
        Self::RingFull,
        Self::QueueFull,
        Self::BlockLimit,
        Self::Closed,
        Self::Forked,
        Self::RetryLimit,
        Self::Shutdown,
        Self::Delivered,
        Self::DeadLettered,
        Self::Disk,
        Self::Corrupt,
        Self::OnDisk,
    ];

    /// The outcome it belongs to.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Condition => Outcome::Filtered,
            Self::Covered => Outcome::Covered,
            Self::Sample | Self::Every => Outcome::SampledOut,
            Self::Rate | Self::Keys => Outcome::RateLimited,
            Self::TooLarge | Self::Destination => Outcome::Refused,
            Self::RingFull
            | Self::QueueFull
            | Self::BlockLimit
            | Self::Closed
            | Self::Forked
            | Self::RetryLimit
            | Self::Shutdown
            | Self::Disk
            | Self::Corrupt => Outcome::Dropped,
            Self::OnDisk => Outcome::Queued,
            Self::Delivered => Outcome::Delivered,
            Self::DeadLettered => Outcome::DeadLettered,
        }
    }

    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "where",
            Self::Covered => "covered",
            Self::Sample => "sample",
            Self::Every => "every",
            Self::Rate => "rate",
            Self::Keys => "max_keys",
            Self::TooLarge => "too_large",
            Self::Destination => "destination",
            Self::RingFull => "ring_full",
            Self::QueueFull => "queue_full",
            Self::BlockLimit => "block_limit",
            Self::Closed => "closed",
            Self::Forked => "forked",
            Self::RetryLimit => "retry_limit",
            Self::Shutdown => "shutdown",
            Self::Delivered => "delivered",
            Self::DeadLettered => "dead_letter",
            Self::Disk => "disk",
            Self::Corrupt => "corrupt",
            Self::OnDisk => "on_disk",
        }
    }
}

impl Outcome {
    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filtered => "filtered",
            Self::Covered => "covered",
            Self::SampledOut => "sampled_out",
            Self::RateLimited => "rate_limited",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::DeadLettered => "dead_lettered",
            Self::Recovered => "recovered",
        }
    }
}

/// The account of one rule at one sink.
#[derive(Debug)]
pub struct Entry {
    rule: Arc<str>,
    sink: Arc<str>,
    counts: [AtomicU64; Cause::ALL.len()],
    /// Those accepted and not settled. Wraps below zero for a moment when a
    /// record is settled before its acceptance is written down.
    queued: AtomicU64,
    /// Those that came back from a spool.
    recovered: AtomicU64,
}

impl Entry {
    /// An account with nothing in it.
    pub fn new(rule: impl Into<Arc<str>>, sink: impl Into<Arc<str>>) -> Self {
        Self {
            rule: rule.into(),
            sink: sink.into(),
            counts: Default::default(),
            queued: AtomicU64::new(0),
            recovered: AtomicU64::new(0),
        }
    }

    /// The rule's name.
    pub fn rule(&self) -> &Arc<str> {
        &self.rule
    }

    /// The sink's name.
    pub fn sink(&self) -> &Arc<str> {
        &self.sink
    }

    /// Counts records that never came into a queue.
    #[inline]
    pub fn count(&self, cause: Cause, records: u64) {
        // Counts are read on their own, never to learn of other memory.
        self.counts[cause as usize].fetch_add(records, Ordering::Relaxed);
    }

    /// Counts records that wait from now on.
    pub fn accept(&self, records: u64) {
        self.queued.fetch_add(records, Ordering::Relaxed);
    }

    /// Counts records that came back from a spool and wait from now on.
    pub fn recover(&self, records: u64) {
        self.recovered.fetch_add(records, Ordering::Relaxed);
        self.accept(records);
    }

    /// How many came back from a spool.
    pub fn recovered(&self) -> u64 {
        self.recovered.load(Ordering::Relaxed)
    }

    /// Counts what became of records that waited.
    pub fn settle(&self, cause: Cause, records: u64) {
        self.count(cause, records);
        self.queued.fetch_sub(records, Ordering::Relaxed);
    }

    /// How many came to this end.
    pub fn get(&self, cause: Cause) -> u64 {
        self.counts[cause as usize].load(Ordering::Relaxed)
    }

    /// How many wait.
    pub fn queued(&self) -> u64 {
        let queued = self.queued.load(Ordering::Relaxed);
        if queued > u64::MAX / 2 { 0 } else { queued }
    }

    /// How many matched: the sum of all ends and those that wait, without those that came back.
    pub fn matched(&self) -> u64 {
        let ends: u64 = Cause::ALL.iter().map(|cause| self.get(*cause)).sum();
        (ends + self.queued()).saturating_sub(self.recovered())
    }
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The rule's name.
    pub rule: Arc<str>,
    /// The sink's name.
    pub sink: Arc<str>,
    /// What became of the records.
    pub outcome: Outcome,
    /// Why; empty for those that wait.
    pub cause: &'static str,
    /// How many.
    pub records: u64,
}

/// Of a rule and of a sink.
type Names = (Arc<str>, Arc<str>);

/// The accounts of all rules at all sinks, kept across policies by name.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<HashMap<Names, Arc<Entry>>>,
}

impl Ledger {
    /// The account of a rule at a sink, the same one for the same names.
    pub fn entry(&self, rule: &Arc<str>, sink: &Arc<str>) -> Arc<Entry> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .entry((rule.clone(), sink.clone()))
            .or_insert_with(|| Arc::new(Entry::new(rule.clone(), sink.clone())))
            .clone()
    }

    /// All lines that are not zero, by rule, sink and cause.
    pub fn lines(&self) -> Vec<Line> {
        let mut entries: Vec<Arc<Entry>> = {
            let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            entries.values().cloned().collect()
        };
        entries.sort_by(|a, b| (&a.rule, &a.sink).cmp(&(&b.rule, &b.sink)));
        let mut lines = Vec::new();
        for entry in &entries {
            let line = |outcome, cause, records| Line {
                rule: entry.rule.clone(),
                sink: entry.sink.clone(),
                outcome,
                cause,
                records,
            };
            for cause in Cause::ALL {
                lines.push(line(cause.outcome(), cause.as_str(), entry.get(cause)));
            }
            lines.push(line(Outcome::Queued, "", entry.queued()));
            lines.push(line(Outcome::Recovered, "", entry.recovered()));
        }
        lines.retain(|line| line.records > 0);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matched_is_the_sum_of_all_ends() {
        let entry = Entry::new("rule", "sink");
        entry.count(Cause::Condition, 3);
        entry.accept(5);
        entry.settle(Cause::Delivered, 2);
        assert_eq!(entry.queued(), 3);
        assert_eq!(entry.matched(), 8);
    }

    #[test]
    fn what_came_back_is_not_matched_again() {
        let entry = Entry::new("rule", "sink");
        entry.accept(3);
        entry.recover(5);
        entry.settle(Cause::Delivered, 6);
        assert_eq!(
            (entry.matched(), entry.recovered(), entry.queued()),
            (3, 5, 2)
        );
    }

    #[test]
    fn the_same_names_share_one_account() {
        let ledger = Ledger::default();
        let (rule, sink): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        ledger.entry(&rule, &sink).count(Cause::Sample, 1);
        ledger.entry(&rule, &sink).count(Cause::Sample, 1);
        let lines = ledger.lines();
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (lines[0].records, lines[0].outcome),
            (2, Outcome::SampledOut)
        );
    }

    #[test]
    fn every_cause_has_its_own_word() {
        let mut words: Vec<_> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Cause::ALL.len());
    }
}
