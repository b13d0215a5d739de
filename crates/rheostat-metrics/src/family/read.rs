//! What a scrape sees of a metric.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use super::Family;
use super::upkeep::note;
use crate::series::Series;
use crate::snapshot::{FamilySnapshot, HistogramSnapshot, SeriesSnapshot, Value};
use crate::spec::Kind;

/// How many series are read at a time: few enough that a processor's cache holds what was touched.
const SOME: usize = 256;

impl Family {
    /// The series as they are now. Recording goes on meanwhile.
    pub(crate) fn snapshot(&self) -> FamilySnapshot {
        let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(inner) = self.lock() else {
            return self.shown(None, Vec::new());
        };
        let (count, settings) = (inner.all.len(), inner.settings.clone());
        drop(inner);
        let limit = match self.identity.kind {
            Kind::Gauge => shorter(settings.stale_after, settings.expire),
            Kind::Counter | Kind::Histogram => settings.expire,
        };
        let now = self.now();
        // What is idle for too long and still here is kept for a handle, or is about to go.
        let idle = |series: &Series| {
            limit.is_some_and(|limit| {
                note(series, now) >= limit.as_millis() as u64
                    && !series.state.permanent.load(Ordering::Relaxed)
            })
        };
        let mut shown = Vec::with_capacity(count);
        self.each(&reading, |series| {
            if series.has_value() && !idle(&series) {
                shown.push(self.read(&series));
            }
        });
        self.shown(settings.help, shown)
    }

    /// Visits every series. Who needs a new one waits only while the next few of the list are copied.
    pub(super) fn each(&self, _reading: &MutexGuard<'_, ()>, mut visit: impl FnMut(Arc<Series>)) {
        let (mut from, mut some) = (0, Vec::with_capacity(SOME));
        loop {
            let Some(inner) = self.lock() else { return };
            // Series are taken out of the list only by who holds `reading`, and come in at its end.
            some.extend(inner.all.iter().skip(from).take(SOME).cloned());
            drop(inner);
            if some.is_empty() {
                return;
            }
            from += some.len();
            some.drain(..).for_each(&mut visit);
        }
    }

    fn shown(&self, help: Option<Arc<str>>, series: Vec<SeriesSnapshot>) -> FamilySnapshot {
        FamilySnapshot {
            name: Arc::clone(&self.identity.name),
            kind: self.identity.kind,
            unit: self.identity.unit.clone(),
            help,
            labels: Arc::clone(&self.identity.labels),
            series,
        }
    }

    /// All series, for whoever must visit them.
    pub(crate) fn all(&self) -> Vec<Arc<Series>> {
        self.lock().map_or_else(Vec::new, |inner| inner.all.clone())
    }

    fn read(&self, series: &Series) -> SeriesSnapshot {
        let value = match self.identity.kind {
            Kind::Counter => {
                let (whole, part) = series.amounts();
                Value::Counter {
                    whole,
                    part,
                    exemplar: series.exemplar(0),
                }
            }
            Kind::Gauge => Value::Gauge(series.gauge()),
            Kind::Histogram => {
                let (counts, sum) = series.buckets();
                let bounds = self.identity.bounds.as_ref().map(|bounds| bounds.text());
                Value::Histogram(Box::new(HistogramSnapshot {
                    exemplars: (0..counts.len()).map(|at| series.exemplar(at)).collect(),
                    bounds: bounds.map_or_else(|| Arc::from([]), Arc::clone),
                    counts,
                    sum,
                    native: series.native(),
                }))
            }
        };
        SeriesSnapshot {
            key: Arc::clone(series.shared_key()),
            created: series.state.created,
            value,
        }
    }
}

fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
