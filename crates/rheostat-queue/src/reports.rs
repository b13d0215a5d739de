//! What one sink was told of metrics, and what it is to be told next.
//!
//! A reading becomes reports; each stays, the same in every part, until the
//! sink has taken or refused it. Only then is what it said remembered, so that
//! a report that is given up is no loss: the next one covers its time too.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rheostat_core::sink::{Amount, Family, MetricSource, Point, Reading, Report, Temporality};

use crate::backoff::random;

mod difference;
#[cfg(test)]
mod tests;

/// Which series: the metric's name, the names of its labels, their values.
type Key = (Arc<str>, Arc<[Arc<str>]>, Arc<[Arc<str>]>);

/// The metrics' side of one sink.
pub(crate) struct Reports {
    source: Arc<dyn MetricSource>,
    temporality: Temporality,
    /// The most points in a report.
    most: usize,
    origin: u64,
    made: u64,
    /// What the sink has of each series.
    told: HashMap<Key, Point>,
    pending: VecDeque<Pending>,
}

/// A report that is not settled, and what to remember of each of its points.
struct Pending {
    report: Report,
    /// The points as they were read, in the report's order.
    read: Vec<(Key, Point)>,
}

impl Reports {
    /// Nothing was told yet.
    pub(crate) fn new(source: Arc<dyn MetricSource>) -> Self {
        Self {
            source,
            temporality: Temporality::Delta,
            most: usize::MAX,
            origin: random(),
            made: 0,
            told: HashMap::new(),
            pending: VecDeque::new(),
        }
    }

    /// How they are wanted from now on.
    pub(crate) fn adopt(&mut self, temporality: Temporality, most: usize) {
        if self.temporality != temporality {
            // A report made for another kind of sink; its time is covered by the next.
            self.pending.clear();
        }
        self.temporality = temporality;
        self.most = most;
    }

    /// Reads all metrics, unless what was read before is not settled.
    pub(crate) fn collect(&mut self) {
        if !self.pending.is_empty() {
            return;
        }
        let reading = self.source.read();
        let const_labels = reading.const_labels.clone();
        let (families, read) = self.changes(reading);
        self.divide(&const_labels, families, read);
    }

    /// The report to be given next.
    pub(crate) fn next(&self) -> Option<&Report> {
        self.pending.front().map(|pending| &pending.report)
    }

    /// All of the next report is settled, but for the points at these positions.
    pub(crate) fn settle(&mut self, again: &[usize]) {
        let Some(mut pending) = self.pending.pop_front() else {
            return;
        };
        let mut left = Vec::new();
        for (at, (key, point)) in pending.read.into_iter().enumerate() {
            if again.binary_search(&at).is_ok() {
                left.push((key, point));
            } else if point.amount == Amount::Gone {
                self.told.remove(&key);
            } else {
                self.told.insert(key, point);
            }
        }
        if !left.is_empty() {
            pending.report.keep(again);
            pending.report.token = self.token();
            pending.read = left;
            self.pending.push_front(pending);
        }
    }

    /// Divides the next report into two; false where it is one point.
    pub(crate) fn halve(&mut self) -> bool {
        let Some(mut pending) = self.pending.pop_front() else {
            return false;
        };
        let len = pending.read.len();
        if len < 2 {
            self.pending.push_front(pending);
            return false;
        }
        let mut back = Pending {
            report: pending.report.clone(),
            read: pending.read.split_off(len / 2),
        };
        back.report.keep(&(len / 2..len).collect::<Vec<_>>());
        pending.report.keep(&(0..len / 2).collect::<Vec<_>>());
        back.report.token = self.token();
        pending.report.token = self.token();
        self.pending.push_front(back);
        self.pending.push_front(pending);
        true
    }

    /// Forgets what is not settled; the next reading covers it.
    pub(crate) fn give_up(&mut self) {
        self.pending.clear();
    }

    fn token(&mut self) -> String {
        self.made += 1;
        format!("{:016x}-m{}", self.origin, self.made)
    }

    /// What is to be told of a reading, and what to remember once it was.
    fn changes(&mut self, reading: Reading) -> (Vec<Family>, Vec<(Key, Point)>) {
        let mut read = Vec::new();
        let mut families = Vec::new();
        let mut unseen = std::mem::take(&mut self.told);
        for mut family in reading.families {
            let mut shown = Vec::new();
            for point in std::mem::take(&mut family.points) {
                let key = (
                    family.name.clone(),
                    family.labels.clone(),
                    point.labels.clone(),
                );
                let before = unseen.remove(&key);
                match self.change(&point, before.as_ref()) {
                    Some(change) => {
                        if let Some(before) = before {
                            self.told.insert(key.clone(), before);
                        }
                        shown.push(change);
                        read.push((key, without_exemplars(point)));
                    }
                    // It stands where it stood: its next interval begins now.
                    None => drop(self.told.insert(key, without_exemplars(point))),
                }
            }
            if !shown.is_empty() {
                family.points = shown;
                families.push(family);
            }
        }
        if self.temporality == Temporality::Cumulative {
            difference::farewells(&unseen, &mut families, &mut read);
            self.told.extend(unseen);
        }
        (families, read)
    }

    fn change(&self, now: &Point, before: Option<&Point>) -> Option<Point> {
        match self.temporality {
            Temporality::Cumulative => Some(now.clone()),
            Temporality::Delta => difference::since(now, before),
        }
    }

    /// Makes reports that are not too long.
    fn divide(
        &mut self,
        const_labels: &Arc<[(Arc<str>, Arc<str>)]>,
        families: Vec<Family>,
        mut read: Vec<(Key, Point)>,
    ) {
        let mut room = self.most;
        let mut current: Vec<Family> = Vec::new();
        let mut all = Vec::new();
        for mut family in families {
            while !family.points.is_empty() {
                let rest = family.points.split_off(room.min(family.points.len()));
                room -= family.points.len();
                let mut next = family.clone();
                next.points = rest;
                current.push(std::mem::replace(&mut family, next));
                if room == 0 {
                    all.push(std::mem::take(&mut current));
                    room = self.most;
                }
            }
        }
        if !current.is_empty() {
            all.push(current);
        }
        for families in all {
            let report = Report {
                temporality: self.temporality,
                token: self.token(),
                const_labels: const_labels.clone(),
                families,
            };
            let rest = read.split_off(report.len());
            let read = std::mem::replace(&mut read, rest);
            self.pending.push_back(Pending { report, read });
        }
    }
}

/// What is remembered needs no traces.
fn without_exemplars(mut point: Point) -> Point {
    match &mut point.amount {
        Amount::Counter { exemplar, .. } => *exemplar = None,
        Amount::Histogram(histogram) => histogram.exemplars.clear(),
        Amount::Gauge(_) | Amount::Gone => {}
    }
    point
}
