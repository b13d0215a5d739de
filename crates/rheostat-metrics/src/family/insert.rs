//! The way of a record whose series is not in the table.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use super::overflow::{Fold, folded};
use super::{Family, Inner, Maker};
use crate::grace::announcements;
use crate::series::{Foreign, Keyed, LabelBuffer, Series, State};

impl Family {
    #[cold]
    pub(super) fn with_other(&self, labels: &LabelBuffer, act: impl FnOnce(&Series)) {
        let code = self.fold.load(Ordering::Acquire);
        if let Some(fold) = Fold::decode(code) {
            self.want(labels);
            let _inside = announcements().enter();
            for place in fold.places() {
                let other = folded(labels, place);
                // SAFETY: announced until the end of this block, which is after the last use.
                if let Some(series) = unsafe { self.table.find(other.hash(), other.bytes()) } {
                    return act(series);
                }
            }
        }
        match self.resolve(labels) {
            Some(series) => act(&series),
            None => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The series that these labels belong to now, made if need be.
    fn resolve(&self, labels: &LabelBuffer) -> Option<Arc<Series>> {
        let mut inner = self.lock()?;
        let inner = &mut *inner;
        if let Some(series) = self.known(inner, labels) {
            return Some(series);
        }
        let room = inner.live < inner.settings.max_series || self.identity.labels.is_empty();
        if inner.fold.is_none() && room {
            return self.make(inner, labels, false);
        }
        if inner.fold.is_none() {
            self.begin_folding(inner);
            self.want(labels);
        }
        let fold = inner.fold.as_mut()?;
        fold.sample(labels);
        let (places, limit) = (fold.places(), Fold::limit(inner.settings.max_series));
        for (at, place) in places.iter().enumerate() {
            let other = folded(labels, *place);
            if let Some(series) = self.known(inner, &other) {
                return Some(series);
            }
            let last = at + 1 == places.len();
            if last || inner.folded < limit {
                return self.make(inner, &other, true);
            }
            self.fold_all(inner);
        }
        None
    }

    /// A series that is in the table, or still in limbo: then it is linked again.
    fn known(&self, inner: &mut Inner, labels: &LabelBuffer) -> Option<Arc<Series>> {
        let (hash, key) = (labels.hash(), labels.bytes());
        // SAFETY: under the lock nothing is unlinked or retired.
        if let Some(series) = unsafe { self.table.find(hash, key) } {
            // SAFETY: what the table finds is owned by `inner.all`, which is locked.
            return Some(unsafe { super::keep(series) });
        }
        let mut back = None;
        for limbo in &mut inner.limbo {
            if limbo
                .series
                .get(&hash)
                .is_some_and(|gone| gone.0.key() == key)
            {
                back = limbo.series.remove(&hash);
            }
        }
        let (series, _) = back?;
        self.relink(inner, Arc::clone(&series));
        Some(series)
    }

    /// Puts a series that was unlinked back into the table.
    pub(super) fn relink(&self, inner: &mut Inner, series: Arc<Series>) {
        series.state.idle_since.store(self.now(), Ordering::Relaxed);
        // SAFETY: `inner.all` owns it from here on, until it was unlinked again and the grace is over.
        let retired = unsafe { self.table.link(Arc::as_ptr(&series)) };
        inner.all.push(series);
        inner.retire(retired);
    }

    fn make(&self, inner: &mut Inner, labels: &LabelBuffer, folded: bool) -> Option<Arc<Series>> {
        let state = State {
            created: self.clock.unix().as_millis() as u64,
            permanent: AtomicBool::new(false),
            folded,
            seen: AtomicU64::new(0),
            idle_since: AtomicU64::new(self.now()),
            gauge: AtomicU8::new(0),
        };
        let key = (Arc::from(labels.bytes()), labels.hash());
        let series = match &self.maker {
            Maker::Native => Series::new(&self.storage, &self.identity, key, state)?,
            Maker::Foreign(foreign) => {
                let constant = foreign.const_labels();
                let constant = constant.iter().map(|(name, value)| (&**name, &**value));
                let recorder = foreign.recorder();
                let handle = Foreign::register(recorder, &self.identity, labels.bytes(), constant);
                Series::foreign(&self.storage, handle, key, state)
            }
        };
        series.state.seen.store(series.trace(), Ordering::Relaxed);
        if folded {
            inner.folded += 1;
        } else {
            inner.live += 1;
        }
        // SAFETY: `inner.all` owns it from here on, until it was unlinked and the grace is over.
        let retired = unsafe { self.table.link(Arc::as_ptr(&series)) };
        inner.all.push(Arc::clone(&series));
        inner.retire(retired);
        Some(series)
    }

    /// Makes the series that are there from the start, and lets go of those that were.
    pub(super) fn found(&self, inner: &mut Inner) {
        for series in &inner.all {
            series.state.permanent.store(false, Ordering::Relaxed);
        }
        for values in inner.settings.from_start.clone() {
            let mut labels = LabelBuffer::new(usize::MAX);
            values.iter().for_each(|value| labels.push(value));
            let known = self.known(inner, &labels);
            let room = inner.live < inner.settings.max_series || values.is_empty();
            let series = match known {
                None if room => self.make(inner, &labels, false),
                known => known,
            };
            if let Some(series) = series {
                series.state.permanent.store(true, Ordering::Relaxed);
                series.show();
            }
        }
    }
}
