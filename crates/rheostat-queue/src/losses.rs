//! What went missing since the sink was last told.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rheostat_core::ledger::Cause;
use rheostat_core::sink::Gap;

/// Losses by cause, and between which moments they fell.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    lost: Vec<(Cause, u64)>,
    from: u64,
    to: u64,
}

impl Losses {
    /// Notes records that were lost now.
    pub(crate) fn note(&mut self, cause: Cause, records: u64) {
        if records == 0 {
            return;
        }
        let now = now();
        if self.lost.is_empty() {
            self.from = now;
        }
        self.to = now;
        match self.lost.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, lost)) => *lost += records,
            None => self.lost.push((cause, records)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// Everything noted, as the gap that the next batch tells of.
    pub(crate) fn take(&mut self, sink: &Arc<str>) -> Option<Gap> {
        if self.lost.is_empty() {
            return None;
        }
        let noted = std::mem::take(self);
        Some(Gap {
            sink: sink.clone(),
            lost: noted.lost,
            from: noted.from,
            to: noted.to,
        })
    }

    /// Takes a gap back that could not be told.
    pub(crate) fn put_back(&mut self, gap: Gap) {
        let newer = std::mem::take(self);
        self.from = gap.from;
        self.to = gap.to.max(newer.to);
        self.lost = gap.lost;
        for (cause, records) in newer.lost {
            match self.lost.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, lost)) => *lost += records,
                None => self.lost.push((cause, records)),
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}
