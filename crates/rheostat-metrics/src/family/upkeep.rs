//! What is done now and then: series expire, gauges go stale, an overflow ends, memory is freed.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

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
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut inner) = self.lock() else { return };
        self.clear_limbo(&mut inner);
        inner
            .retired
            .retain_mut(|(ticket, _)| !announcements().is_over(ticket));
        self.look(&mut inner);
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

    /// The first step: whoever is idle for too long is unlinked, unless a handle points at it.
    fn look(&self, inner: &mut Inner) {
        let Some(expire) = inner.settings.expire else {
            return;
        };
        let (now, limit) = (self.now(), expire.as_millis() as u64);
        let mut gone: HashMap<u64, (Arc<Series>, u64)> = HashMap::new();
        inner.all.retain(|series| {
            let stays = note(series, now) < limit
                || series.state.permanent.load(Ordering::Relaxed)
                || is_held(series)
                // Two keys with one hash: the second waits for the next time.
                || gone.contains_key(&series.hash());
            if !stays {
                let seen = series.state.seen.load(Ordering::Relaxed);
                gone.insert(series.hash(), (Arc::clone(series), seen));
            }
            stays
        });
        if gone.is_empty() {
            return;
        }
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
