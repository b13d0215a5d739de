//! From an inner subscriber's span id to our key.
//!
//! A fixed table of small buckets: as many as the cap on open spans needs.
//! Nobody waits for anybody. An id is put in once, when its span opens, and taken
//! out once, when it closes, so whoever looks an open span up finds it.

use std::sync::OnceLock;

use super::slot::Key;
use crate::sync::{AtomicU64, Ordering};

/// Pairs of id and key; together one cache line.
const PAIRS: usize = if cfg!(loom) { 1 } else { 4 };
/// How many buckets a pair may be away from where it belongs.
const WINDOW: usize = if cfg!(loom) { 2 } else { 8 };
const BUCKETS: usize = if cfg!(loom) { 2 } else { 1 << 16 };
/// From this bit on a Registry's id says how often its place was used.
const REUSES: u64 = 1 << 51;
/// In the first key of a bucket: something that belongs here went further on.
const PASSED_ON: u64 = 1 << 63;

/// The ids of one inner subscriber's open spans.
#[derive(Debug, Default)]
pub(crate) struct InnerIds {
    // Made before the first id comes where ids are to come; else when it does.
    words: OnceLock<Words>,
}

#[derive(Debug)]
struct Words {
    words: Box<[AtomicU64]>,
    /// The first word that starts a cache line.
    start: usize,
}

impl Words {
    fn new() -> Self {
        const LEN: usize = (BUCKETS + 1) * PAIRS * 2;
        #[cfg(not(loom))]
        let words = {
            // Zeroed by the system, page by page as they are touched.
            let zeros = Box::into_raw(vec![0_u64; LEN].into_boxed_slice());
            // SAFETY: an atomic has the size, the alignment and the bits of its number.
            unsafe { Box::from_raw(zeros as *mut [AtomicU64]) }
        };
        #[cfg(loom)]
        let words: Box<[AtomicU64]> = (0..LEN).map(|_| AtomicU64::new(0)).collect();
        let misplaced = words.as_ptr().addr() % 64 / 8;
        Self {
            words,
            start: if cfg!(loom) { 0 } else { (8 - misplaced) % 8 },
        }
    }

    /// The pairs of the nth bucket on from where an id belongs.
    #[inline]
    fn bucket(&self, id: u64, nth: usize) -> &[AtomicU64] {
        // A Registry gives a place anew under an id that differs in its highest bits only. Those are left out, and
        // the lowest are taken as they are: the same few lines are used again and again, and not one of all each time.
        let place = id & (REUSES - 1);
        let hash = place + ((place >> 16).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48);
        let bucket = (hash as usize + nth) % BUCKETS;
        let start = self.start + bucket * PAIRS * 2;
        &self.words[start..start + PAIRS * 2]
    }
}

impl InnerIds {
    /// With room, so that no thread ever waits for another that makes it.
    pub(crate) fn ready() -> Self {
        Self {
            words: OnceLock::from(Words::new()),
        }
    }

    /// Remembers an id. `false` where there is no room: its span is not kept.
    pub(crate) fn insert(&self, id: u64, key: Key) -> bool {
        let words = self.words.get_or_init(Words::new);
        for nth in 0..WINDOW {
            let bucket = words.bucket(id, nth);
            for pair in bucket.chunks_exact(2) {
                let flag = pair[1].load(Ordering::Relaxed) & PASSED_ON;
                // Acquire: the id that was here before is gone before this one comes.
                let taken = pair[1].compare_exchange(
                    flag,
                    flag | key.0,
                    Ordering::Acquire,
                    Ordering::Relaxed,
                );
                if taken.is_ok() {
                    // Release: who finds the id finds the key.
                    pair[0].store(id, Ordering::Release);
                    return true;
                }
            }
            // Relaxed: whoever is handed the id afterwards sees it.
            bucket[1].fetch_or(PASSED_ON, Ordering::Relaxed);
        }
        false
    }

    /// The key under an id. It may be another span's if the id is not open: ask the slot.
    #[inline]
    pub(crate) fn get(&self, id: u64) -> Option<Key> {
        self.locate(id, |key| key != 0)
            .and_then(|pair| Key::from_u64(pair[1].load(Ordering::Relaxed) & !PASSED_ON))
    }

    /// Forgets an id.
    pub(crate) fn remove(&self, id: u64, key: Key) {
        if let Some(pair) = self.locate(id, |there| there == key.0) {
            pair[0].store(0, Ordering::Relaxed);
            // Release: whoever takes the pair next finds the id gone.
            pair[1].fetch_and(PASSED_ON, Ordering::Release);
        }
    }

    #[inline]
    fn locate(&self, id: u64, accept: impl Fn(u64) -> bool) -> Option<&[AtomicU64]> {
        let words = self.words.get()?;
        for nth in 0..WINDOW {
            let bucket = words.bucket(id, nth);
            // Acquire: who finds the id finds its key, or that of who has taken its place since.
            let found = bucket.chunks_exact(2).find(|pair| {
                pair[0].load(Ordering::Acquire) == id
                    && accept(pair[1].load(Ordering::Relaxed) & !PASSED_ON)
            });
            if found.is_some() || bucket[1].load(Ordering::Relaxed) & PASSED_ON == 0 {
                return found;
            }
        }
        None
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_until_it_is_removed() {
        let ids = InnerIds::default();
        assert_eq!(ids.get(7), None);
        assert!(ids.insert(7, Key(70)));
        assert_eq!(ids.get(7), Some(Key(70)));
        ids.remove(7, Key(70));
        assert_eq!(ids.get(7), None);
    }

    #[test]
    fn many_ids_are_all_found_again() {
        let ids = InnerIds::default();
        let last = 1 << 17;
        for id in 1..=last {
            assert!(ids.insert(id << 20, Key(id)));
        }
        assert!((1..=last).all(|id| ids.get(id << 20) == Some(Key(id))));
        for id in 1..=last {
            ids.remove(id << 20, Key(id));
        }
        assert!((1..=last).all(|id| ids.get(id << 20).is_none()));
    }

    #[test]
    fn removing_a_reused_id_leaves_the_newer_span() {
        let ids = InnerIds::default();
        assert!(ids.insert(7, Key(70)));
        assert!(ids.insert(7, Key(71)));
        ids.remove(7, Key(70));
        assert_eq!(ids.get(7), Some(Key(71)));
    }
}
