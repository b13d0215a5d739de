//! Room for the values of one record, kept by the thread for the next one.

use std::cell::{Cell, OnceCell};

use bumpalo::Bump;

/// Room in which one record's values live while it is judged and handed out.
///
/// Taken when something first needs it, and given back to the thread with the
/// record. It grows to what the largest record needed, so that in the long run
/// nothing is allocated; a record that needs none costs nothing.
#[derive(Debug, Default)]
pub struct Scratch {
    room: OnceCell<Box<Bump>>,
}

/// Room that grew beyond this is freed rather than kept.
pub(crate) const KEPT_BYTES: usize = 256 * 1024;

thread_local! {
    static IDLE: Cell<Option<Box<Bump>>> = const { Cell::new(None) };
}

impl Scratch {
    /// No room taken yet.
    pub const fn new() -> Self {
        Self {
            room: OnceCell::new(),
        }
    }

    /// The room. A nested record, or one while the thread ends, gets room of its own.
    #[inline]
    pub(crate) fn bump(&self) -> &Bump {
        self.room.get_or_init(take)
    }
}

impl Drop for Scratch {
    #[inline]
    fn drop(&mut self) {
        if let Some(room) = self.room.take() {
            give_back(room);
        }
    }
}

fn take() -> Box<Bump> {
    IDLE.try_with(Cell::take).ok().flatten().unwrap_or_default()
}

fn give_back(mut room: Box<Bump>) {
    if room.allocated_bytes() <= KEPT_BYTES {
        room.reset();
        let _ended_thread_keeps_nothing = IDLE.try_with(|idle| idle.set(Some(room)));
    }
}

#[cfg(test)]
mod tests {
    use super::Scratch;

    #[test]
    fn room_goes_from_record_to_record() {
        let first = Scratch::new();
        first.bump().alloc_slice_fill_copy(5_000, 1_u8);
        let grown = first.bump().allocated_bytes();
        drop(first);
        let second = Scratch::new();
        let nested = Scratch::new();
        assert!(second.bump().allocated_bytes() >= 5_000);
        assert!(
            nested.bump().allocated_bytes() < grown,
            "a nested record has its own"
        );
    }

    #[test]
    fn room_that_grew_too_much_is_not_kept() {
        let first = Scratch::new();
        first.bump().alloc_slice_fill_copy(1 << 20, 1_u8);
        drop(first);
        assert!(Scratch::new().bump().allocated_bytes() < 1 << 20);
    }
}
