//! How a registry knows that nobody still holds a series that it took out of a table.
//!
//! A reader of a table announces itself: it makes its thread's word odd, reads,
//! and makes the word even again. Whoever unlinks something remembers which words
//! were odd afterwards; once each of them has changed, nobody can still hold what
//! was unlinked. An idle or ended thread holds nothing back.
//!
//! The announcement must be visible before the reads that follow. Where the system
//! has `membarrier`, the reclaimer pays for that and a reader only keeps the
//! compiler in order; elsewhere a reader issues a fence.

#[cfg(not(loom))]
use std::sync::OnceLock;

use crate::bank::{self, NUMBERS};
use crate::sync::{AtomicU64, Ordering, fence};

/// The announcements of all threads.
pub(crate) struct Announcements {
    words: Words,
    // Readers without a number of their own: they are counted, the reclaimer waits for none of them.
    late: AtomicU64,
}

#[cfg(not(loom))]
type Words = [Word; NUMBERS];
#[cfg(loom)]
type Words = Box<[Word]>;

// Two cache lines: processors fetch lines in pairs.
#[repr(align(128))]
struct Word(AtomicU64);

/// A reader that has announced itself, until dropped.
pub(crate) struct Inside<'a> {
    word: Option<&'a AtomicU64>,
    late: Option<&'a AtomicU64>,
}

/// Whom a reclaimer still waits for.
#[derive(Debug)]
pub(crate) struct Ticket {
    odd: Vec<(usize, u64)>,
    late: bool,
    // Without the barrier nothing may be concluded: what was unlinked is then never freed.
    ordered: bool,
}

impl Announcements {
    #[cfg(not(loom))]
    const fn new() -> Self {
        Self {
            words: [const { Word(AtomicU64::new(0)) }; NUMBERS],
            late: AtomicU64::new(0),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            words: (0..4).map(|_| Word(AtomicU64::new(0))).collect(),
            late: AtomicU64::new(0),
        }
    }

    /// Announces the calling thread.
    #[inline]
    pub(crate) fn enter(&self) -> Inside<'_> {
        self.enter_as(bank::number())
    }

    /// Announces the thread with this number.
    #[inline]
    pub(crate) fn enter_as(&self, number: usize) -> Inside<'_> {
        let Some(Word(word)) = self.words.get(number) else {
            return self.enter_late();
        };
        let was = word.load(Ordering::Relaxed);
        if was % 2 == 1 {
            // Already inside, further up this thread's stack: that announcement covers this one.
            return Inside {
                word: None,
                late: None,
            };
        }
        word.store(was + 1, Ordering::Relaxed);
        reader_barrier();
        Inside {
            word: Some(word),
            late: None,
        }
    }

    #[cold]
    fn enter_late(&self) -> Inside<'_> {
        self.late.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        Inside {
            word: None,
            late: Some(&self.late),
        }
    }

    /// Begins to wait for everybody who is inside now. Call it after unlinking.
    pub(crate) fn begin(&self) -> Ticket {
        let ordered = reclaimer_barrier();
        let odd = self.words.iter().enumerate().filter_map(|(number, word)| {
            // Acquire: a word that is even again was made so after its reads.
            let seen = word.0.load(Ordering::Acquire);
            (seen % 2 == 1).then_some((number, seen))
        });
        Ticket {
            odd: odd.collect(),
            late: true,
            ordered,
        }
    }

    /// Whether everybody who was inside at `begin` has left since.
    pub(crate) fn is_over(&self, ticket: &mut Ticket) -> bool {
        ticket
            .odd
            .retain(|(number, seen)| self.words[*number].0.load(Ordering::Acquire) == *seen);
        // One moment without late readers is enough: those who come later cannot find what was unlinked.
        ticket.late = ticket.late && self.late.load(Ordering::SeqCst) != 0;
        ticket.ordered && ticket.odd.is_empty() && !ticket.late
    }
}

impl Drop for Inside<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(word) = self.word {
            // Release: all reads made inside are over before the word is even again.
            word.store(word.load(Ordering::Relaxed) + 1, Ordering::Release);
        } else if let Some(late) = self.late {
            late.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[cfg(not(loom))]
static ALL: Announcements = Announcements::new();

/// The announcements of this process.
#[cfg(not(loom))]
#[inline]
pub(crate) fn announcements() -> &'static Announcements {
    &ALL
}

#[cfg(loom)]
loom::lazy_static! {
    static ref ALL: Announcements = Announcements::new();
}

/// The announcements of this process.
#[cfg(loom)]
pub(crate) fn announcements() -> &'static Announcements {
    &ALL
}

/// Models use the form with fences.
#[cfg(loom)]
pub(crate) fn prepare() {}

#[cfg(not(loom))]
static ASYMMETRIC: OnceLock<bool> = OnceLock::new();

/// Registers for `membarrier`, once a process. Every registry does so before it has anything to read.
#[cfg(not(loom))]
pub(crate) fn prepare() {
    ASYMMETRIC.get_or_init(register);
}

#[cfg(all(not(loom), target_os = "linux", not(miri)))]
fn register() -> bool {
    use rustix::thread::{MembarrierCommand, membarrier};
    membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
}

#[cfg(all(not(loom), any(not(target_os = "linux"), miri)))]
fn register() -> bool {
    false
}

#[cfg(not(loom))]
#[inline]
fn reader_barrier() {
    match ASYMMETRIC.get() {
        // SAFETY-relevant, though no `unsafe` stands here: the reclaimer's membarrier acts as a full
        // fence at this point of every running thread, so that either it sees the odd word or this
        // thread's reads come after the unlinking.
        Some(true) => std::sync::atomic::compiler_fence(Ordering::SeqCst),
        _ => fence(Ordering::SeqCst),
    }
}

#[cfg(loom)]
fn reader_barrier() {
    fence(Ordering::SeqCst);
}

/// Orders the unlinking before the reads of the words; false when the system refused.
#[cfg(all(not(loom), target_os = "linux", not(miri)))]
fn reclaimer_barrier() -> bool {
    use rustix::thread::{MembarrierCommand, membarrier};
    fence(Ordering::SeqCst);
    ASYMMETRIC.get() != Some(&true) || membarrier(MembarrierCommand::PrivateExpedited).is_ok()
}

#[cfg(any(loom, miri, not(target_os = "linux")))]
fn reclaimer_barrier() -> bool {
    fence(Ordering::SeqCst);
    true
}
