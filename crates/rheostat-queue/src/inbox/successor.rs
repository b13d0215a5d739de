//! Handing a queue over to the one that replaces it: nothing is lost, and nothing overtakes.

use std::collections::VecDeque;
use std::sync::Arc;

use rheostat_core::flow::Chunk;
use rheostat_core::sink::{Batch, Gap};

use super::Inbox;
use crate::entrance::Entrance;

impl Inbox {
    /// Whether another queue can take over: what is on disk stays with its spool.
    pub(crate) fn can_hand_over_to(&self, successor: &Self) -> bool {
        match (&self.spool, &successor.spool) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
        }
    }

    /// Whether another queue will hand over what it has.
    pub(crate) fn comes_after(&self, predecessor: bool) {
        self.lock().awaits = predecessor;
        self.progress.notify_all();
    }

    /// Makes another queue take over whatever is here and still comes. While something can still come here, that
    /// one's entrance stays open: its own routes may be gone before ours are.
    pub(crate) fn hand_over_to(&self, successor: Arc<Self>, entrance: Arc<Entrance>) {
        let mut state = self.lock();
        state.successor = Some(successor);
        state.keeps_open = (!state.sealed).then_some(entrance);
        drop(state);
        self.attention.notify_one();
    }

    /// Gives a batch that was not delivered to the successor, in front of all else; back if there is none.
    pub(crate) fn pass_on(&self, batch: Batch) -> Option<Batch> {
        let mut state = self.lock();
        let Some(successor) = state.successor.clone() else {
            return Some(batch);
        };
        state.in_flight = (0, 0);
        state.went = state.came;
        let waiting = std::mem::take(&mut state.chunks);
        (state.records, state.bytes) = (0, 0);
        let losses = self.losses.take(&self.sink);
        drop(state);
        let (gap, chunks) = batch.into_parts();
        successor.take_over([gap, losses], chunks.into_iter().chain(waiting));
        self.progress.notify_all();
        None
    }

    /// Puts what a predecessor had in front of what came since; it is accepted already.
    fn take_over(&self, gaps: [Option<Gap>; 2], chunks: impl Iterator<Item = Chunk>) {
        let mut state = self.lock();
        state.awaits = false;
        for gap in gaps.into_iter().flatten() {
            self.losses.put_back(&gap);
        }
        let mut all: VecDeque<Chunk> = chunks.filter(|chunk| !chunk.is_empty()).collect();
        let records = all.iter().map(Chunk::len).sum::<usize>();
        state.came += records as u64;
        state.records += records;
        state.bytes += all.iter().map(Chunk::size).sum::<usize>();
        all.append(&mut state.chunks);
        state.chunks = all;
        self.watch_gate(&mut state);
        drop(state);
        self.progress.notify_all();
        self.attention.notify_one();
    }
}
