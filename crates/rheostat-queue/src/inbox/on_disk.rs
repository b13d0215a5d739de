//! A queue that is on disk: memory holds its oldest part.

use std::collections::VecDeque;

use rheostat_core::flow::Chunk;
use rheostat_core::internal::{self, Notice};
use rheostat_core::ledger::Cause;
use rheostat_core::sink::RecordId;

use super::{Inbox, State, tally};
use crate::settings::Full;
use crate::spool::{OnDisk, Spool};

impl Inbox {
    /// Lets others have what is on disk: this queue needs it no more.
    pub(crate) fn release_spool(&self) {
        let mut state = self.lock();
        self.keep_untold(&state);
        // With a successor, what still comes goes there.
        state.over = state.successor.is_none();
        if let Some(spool) = &self.spool {
            spool.release();
        }
    }

    /// How much waits on disk.
    pub(super) fn on_disk(&self) -> OnDisk {
        self.spool
            .as_ref()
            .map(|spool| spool.on_disk())
            .unwrap_or_default()
    }

    /// Writes records down, and keeps them in memory too if nothing older is on disk alone.
    pub(super) fn accept_on_disk(&self, state: &mut State, spool: &Spool, mut chunk: Chunk) {
        let limit = self.settings.disk;
        let needed = spool.on_disk().bytes + chunk.size() as u64;
        if self.settings.full == Full::DropNew && needed > limit {
            return self.refuse(&chunk, Cause::QueueFull);
        }
        let keeps = !state.awaits && !spool.has_unread() && chunk.size() <= self.room(state);
        if let Err(error) = spool.append(&mut chunk, keeps, limit) {
            internal::notice(&Notice {
                code: "spool-not-written",
                text: format!(
                    "sink `{}` accepts no records, because its spool {} cannot be written: {error}",
                    self.sink,
                    spool.folder().display()
                ),
            });
            return self.refuse(&chunk, Cause::Disk);
        }
        tally(chunk.routes(), |route, records| {
            route.account.accept(records)
        });
        if keeps {
            self.keep(state, chunk);
        }
        match self.settings.full {
            Full::DropNew => {}
            Full::DropOld => self.drop_old_on_disk(state, spool),
            Full::Block => self.watch_gate(state),
        }
    }

    /// Writes down what the sink was not told of; the queue that has the rest of it in memory does.
    pub(super) fn keep_untold(&self, state: &State) {
        if let Some(spool) = &self.spool
            && !state.awaits
            && state.successor.is_none()
        {
            let noted = self.losses.peek(&self.sink);
            spool.keep_untold(noted.iter().chain(&state.told));
        }
    }

    /// Drops the oldest records that are not being delivered, a segment at a time.
    fn drop_old_on_disk(&self, state: &mut State, spool: &Spool) {
        while spool.on_disk().bytes > self.settings.disk {
            let Some(removed) = spool.remove_oldest(state.in_hand_end) else {
                return;
            };
            let numbers = removed.numbers;
            let (gone, kept): (VecDeque<Chunk>, VecDeque<Chunk>) =
                std::mem::take(&mut state.chunks)
                    .into_iter()
                    .partition(|chunk| {
                        let first = self.oldest(chunk.ids());
                        first.is_some_and(|first| numbers.contains(&first))
                    });
            state.chunks = kept;
            for chunk in &gone {
                state.records -= chunk.len();
                state.bytes -= chunk.size();
            }
            for chunk in gone.iter().chain(&removed.unread) {
                tally(chunk.routes(), |route, records| {
                    route.account.settle(Cause::QueueFull, records);
                });
                self.losses.note(Cause::QueueFull, chunk.len() as u64);
            }
        }
    }

    /// Reads records back while there is room for them.
    pub(super) fn refill(&self, state: &mut State) {
        let Some(spool) = &self.spool else { return };
        while state.records == 0 || self.room(state) > self.settings.memory / 2 {
            let Some(back) = spool.read_back() else {
                return;
            };
            let lost = back.missing + back.damaged;
            if lost > 0 {
                self.lost_on_disk(spool, lost);
            }
            if !back.chunk.is_empty() {
                self.keep(state, back.chunk);
            }
        }
    }

    fn lost_on_disk(&self, spool: &Spool, records: u64) {
        internal::notice(&Notice {
            code: "spool-damaged",
            text: format!(
                "records in the spool {} of sink `{}` cannot be read any more; \
                 they are skipped and counted",
                spool.folder().display(),
                self.sink
            ),
        });
        // Whose records they were cannot be read either.
        let account = spool.account_of_nobody();
        account.recover(records);
        account.settle(Cause::Corrupt, records);
        self.losses.note(Cause::Corrupt, records);
    }

    /// Writes down that everything before the oldest record that waits is settled.
    pub(super) fn settle_on_disk(&self, state: &State, in_hand: Option<u64>) {
        let Some(spool) = &self.spool else { return };
        let in_memory = || self.oldest(state.chunks.iter().flat_map(Chunk::ids));
        spool.settle_below(in_hand.or_else(in_memory));
    }

    /// The number of the first of these records that is on disk too.
    pub(super) fn oldest(&self, mut ids: impl Iterator<Item = RecordId>) -> Option<u64> {
        let spool = self.spool.as_ref()?;
        let origin = spool.origin();
        ids.find(|id| id.origin == origin).map(|id| id.number)
    }
}
