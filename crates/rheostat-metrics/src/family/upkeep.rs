//! What is done now and then: series expire, gauges go stale, an overflow ends, memory is freed.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::{Family, Inner, Limbo};
use crate::grace::announcements;
use crate::series::{Keyed, Series};
use crate::spec::Settings;

impl Family {
    /// Takes over other settings; values stay.
    pub(crate) fn apply(&self, settings: Settings) {
        self.exemplars.store(settings.exemplars, Ordering::Relaxed);
        let Some(mut inner) = self.lock() else { return };
        inner.settings = settings;
        self.found(&mut inner);
    }

    /// Looks after the series once.
    pub(crate) fn upkeep(&self) {
        // Nothing is freed while somebody reads.
        let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = self.idle(&reading);
        let Some(mut inner) = self.lock() else { return };
        self.clear_limbo(&mut inner);
        inner.free_retired();
        self.send_away(&mut inner, idle);
        // With `5 * live < 4 * cap` it is under four fifths.
        if inner.fold.is_some() && 5 * inner.live < 4 * inner.settings.max_series {
            self.end_folding(&mut inner);
        }
    }

    /// The second step: who waited long enough is summed once more, and goes or comes back.
    fn clear_limbo(&self, inner: &mut Inner) {
        for mut limbo in mem::take(&mut inner.limbo) {
            if !announcements().is_over(&mut limbo.ticket) {
                inner.limbo.push(limbo);
                continue;
            }
            for (series, seen) in limbo.series.into_values() {
                if series.trace() != seen || is_held(&series) {
                    self.relink(inner, series);
                    continue;
                }
                #[cfg(test)]
                {
                    inner.departed += series.amounts().0;
                }
                if series.state.folded {
                    inner.folded -= 1;
                } else {
                    inner.live -= 1;
                }
            }
        }
    }

    /// The series that are idle for too long.
    fn idle(&self, reading: &MutexGuard<'_, ()>) -> Vec<Arc<Series>> {
        let mut idle = Vec::new();
        let Some(expire) = self.lock().and_then(|inner| inner.settings.expire) else {
            return idle;
        };
        let (now, limit) = (self.now(), expire.as_millis() as u64);
        self.each(reading, |series| {
            if note(&series, now) >= limit && !series.state.permanent.load(Ordering::Relaxed) {
                idle.push(series);
            }
        });
        idle
    }

    /// The first step: idle series are unlinked, but for those that a handle points at.
    fn send_away(&self, inner: &mut Inner, idle: Vec<Arc<Series>>) {
        let mut gone: HashMap<u64, (Arc<Series>, u64)> = HashMap::new();
        for series in idle {
            // The family and the list own it; whoever else does is a handle.
            let is_held = Arc::strong_count(&series) > 2;
            // Two keys with one hash: the second waits for the next time.
            if !is_held && !gone.contains_key(&series.hash()) {
                let seen = series.state.seen.load(Ordering::Relaxed);
                gone.insert(series.hash(), (series, seen));
            }
        }
        if gone.is_empty() {
            return;
        }
        inner.all.retain(|series| {
            let listed = gone.get(&series.hash());
            listed.is_none_or(|(listed, _)| !Arc::ptr_eq(listed, series))
        });
        for (series, _) in gone.values() {
            self.table.unlink(series);
        }
        inner.limbo.push(Limbo {
            series: gone,
            ticket: announcements().begin(),
        });
    }
}

/// Notes whether anything came since the last look, and says for how long nothing has, in milliseconds.
pub(super) fn note(series: &Series, now: u64) -> u64 {
    let trace = series.trace();
    if series.state.seen.swap(trace, Ordering::Relaxed) != trace {
        series.state.idle_since.store(now, Ordering::Relaxed);
    }
    now.saturating_sub(series.state.idle_since.load(Ordering::Relaxed))
}

/// Whether somebody besides the family owns it: a handle.
fn is_held(series: &Arc<Series>) -> bool {
    Arc::strong_count(series) > 1
}
