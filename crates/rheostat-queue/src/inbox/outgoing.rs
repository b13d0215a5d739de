//! The courier's side of a queue: batches, and what became of them.

use rheostat_core::ledger::Cause;
use rheostat_core::sink::{Batch, Gap};

use super::{Inbox, State};

/// What the courier finds when it looks.
#[derive(Debug)]
pub(crate) enum Look {
    /// A batch.
    Batch(Batch),
    /// Some records, too few to go yet.
    Some,
    /// Nothing.
    Nothing,
    /// Nothing, and nothing will come.
    Finished,
}

/// The courier's side.
impl Inbox {
    /// Waits until there is reason to look again.
    pub(crate) async fn attention(&self) {
        self.attention.notified().await;
    }

    /// Takes a batch if one is due: it is full, or `overdue`, or somebody waits for it.
    pub(crate) fn look(&self, overdue: bool) -> Look {
        let mut state = self.lock();
        if state.successor.is_some() {
            drop(state);
            let _none = self.pass_on(Batch::default());
            return Look::Finished;
        }
        if state.over {
            return Look::Finished;
        }
        self.refill(&mut state);
        self.keep_untold(&state);
        if state.records == 0 {
            if !state.sealed {
                return Look::Nothing;
            }
            if state.told_last_gap || self.losses.is_empty() {
                return Look::Finished;
            }
            state.told_last_gap = true;
            return Look::Batch(self.take(&mut state));
        }
        let due = overdue
            || state.hurry > 0
            || state.sealed
            || state.records >= self.settings.batch_records
            || state.bytes >= self.settings.batch_bytes;
        if due {
            Look::Batch(self.take(&mut state))
        } else {
            Look::Some
        }
    }

    fn take(&self, state: &mut State) -> Batch {
        let (mut records, mut bytes) = (self.settings.batch_records, self.settings.batch_bytes);
        let mut chunks = Vec::new();
        while let Some(oldest) = state.chunks.front_mut() {
            if oldest.is_empty() {
                state.chunks.pop_front();
                continue;
            }
            let mut part = oldest.split_front(records, bytes);
            if part.is_empty() && chunks.is_empty() {
                // A record larger than a batch goes alone.
                part = oldest.split_front(1, usize::MAX);
            }
            if part.is_empty() {
                break;
            }
            records -= part.len();
            bytes = bytes.saturating_sub(part.size());
            chunks.push(part);
        }
        state.told = self.losses.take(&self.sink);
        let batch = Batch::new(state.told.clone(), chunks);
        state.records -= batch.len();
        state.bytes -= batch.size();
        state.in_flight = (batch.len(), batch.size());
        state.in_hand_end = batch.ids().last().map_or(0, |id| id.number + 1);
        batch
    }

    /// Says what is left of what was taken; the rest of it is settled.
    pub(crate) fn left<'b>(&self, pieces: impl Iterator<Item = &'b Batch>) {
        let (mut records, mut bytes, mut oldest, mut told) = (0, 0, None, None);
        for piece in pieces {
            records += piece.len();
            bytes += piece.size();
            oldest = oldest.or_else(|| self.oldest(piece.ids()));
            told = told.or(piece.gap());
        }
        let mut state = self.lock();
        self.settle_on_disk(&state, oldest);
        state.told = told.cloned();
        self.keep_untold(&state);
        state.went += (state.in_flight.0 - records) as u64;
        state.in_flight = (records, bytes);
        self.watch_gate(&mut state);
        drop(state);
        self.progress.notify_all();
    }

    /// Notes records that will not arrive and are counted already: the next batch says so.
    pub(crate) fn note_loss(&self, cause: Cause, records: u64) {
        self.losses.note(cause, records);
    }

    /// How many reports of metrics were asked for.
    pub(crate) fn reports_asked(&self) -> u64 {
        self.lock().reports.0
    }

    /// Says that those asked for so far are settled.
    pub(crate) fn reported(&self, asked: u64) {
        let mut state = self.lock();
        state.reports.1 = state.reports.1.max(asked);
        drop(state);
        self.progress.notify_all();
    }

    /// Whether another queue takes over.
    pub(crate) fn is_handed_over(&self) -> bool {
        self.lock().successor.is_some()
    }

    /// Takes a gap back that could not be told.
    pub(crate) fn put_back(&self, gap: Option<Gap>) {
        if let Some(gap) = gap {
            let mut state = self.lock();
            state.told = None;
            self.losses.put_back(&gap);
        }
    }
}
