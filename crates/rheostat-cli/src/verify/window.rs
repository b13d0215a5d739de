//! The hashes of the last records of one chain: who comes again is compared with them.

use std::collections::VecDeque;

use super::line::Hash;

/// How many hashes all chains together remember: 32 MiB of them.
pub(super) const MOST: usize = 1 << 20;

/// The hashes of the records before `next`; what was not seen, or not as it was written, is unknown.
#[derive(Debug, Default)]
pub(super) struct Window {
    next: u64,
    hashes: VecDeque<Option<Hash>>,
}

impl Window {
    /// Nothing is remembered; this record comes next.
    pub(super) fn from(seq: u64) -> Self {
        Self {
            next: seq,
            ..Self::default()
        }
    }

    /// The number of the record that comes next.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// How many it remembers.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// The hash of a record that is remembered; `None` where it is too long ago.
    pub(super) fn get(&self, seq: u64) -> Option<Option<Hash>> {
        self.hashes.get(self.index(seq)?).copied()
    }

    /// Learns the hash of a record that is remembered.
    pub(super) fn learn(&mut self, seq: u64, hash: Hash) {
        if let Some(index) = self.index(seq) {
            self.hashes[index] = Some(hash);
        }
    }

    /// Goes on to a record, over those between, and forgets all but so many.
    pub(super) fn push(&mut self, seq: u64, hash: Option<Hash>, most: usize) {
        let between = seq - self.next;
        match usize::try_from(between) {
            Ok(between) if between < most => {
                self.hashes.extend(std::iter::repeat_n(None, between));
            }
            _ => self.hashes.clear(),
        }
        self.hashes.push_back(hash);
        self.next = seq + 1;
        let surplus = self.hashes.len().saturating_sub(most.max(1));
        self.hashes.drain(..surplus);
    }

    /// Forgets all but so many, and gives their memory back.
    pub(super) fn shrink(&mut self, most: usize) {
        let surplus = self.hashes.len().saturating_sub(most.max(1));
        self.hashes.drain(..surplus);
        self.hashes.shrink_to(most);
    }

    /// Whether a record is remembered under this hash, and which.
    pub(super) fn find(&self, hash: &Hash) -> Option<u64> {
        let back = self.hashes.iter().rev();
        let at = back
            .into_iter()
            .position(|known| known.as_ref() == Some(hash))?;
        Some(self.next - 1 - at as u64)
    }

    fn index(&self, seq: u64) -> Option<usize> {
        let back = usize::try_from(self.next.checked_sub(seq)?).ok()?;
        // `next` itself is not there yet.
        self.hashes.len().checked_sub(back).filter(|_| back > 0)
    }
}
