//! Things that stay for the life of the process, each with a number, found by key or by number.
//!
//! Neither finding nor adding takes a lock: whatever another thread was doing when a `fork` left it
//! behind, the child goes on. A thing is published by one store, so it is there whole or not at all.
//!
//! ```text
//! key ── hash ──▶ head ──▶ link ──▶ link        number ──▶ block ──▶ place
//!                            └─▶ thing ◀────────────────────────────────┘
//! ```

use std::sync::atomic::{AtomicU32, Ordering};

use once_cell::race::{OnceBox, OnceRef};

/// A program has some thousand callsites: then most chains hold one or two links.
const HEADS: usize = 4096;
/// The first block has this many places; each further one twice as many as the one before.
const FIRST_BLOCK: u32 = 64;
/// Together more than two to the thirtieth.
const BLOCKS: usize = 24;

/// An append-only list with an index.
pub(crate) struct Lasting<T: 'static> {
    heads: [OnceBox<Link<T>>; HEADS],
    blocks: [OnceBox<Block<T>>; BLOCKS],
    /// The numbers that were given.
    count: AtomicU32,
}

struct Link<T: 'static> {
    number: u32,
    thing: T,
    next: OnceBox<Self>,
}

type Block<T> = Box<[OnceRef<'static, T>]>;

impl<T: Sync> Lasting<T> {
    pub(crate) const fn new() -> Self {
        Self {
            heads: [const { OnceBox::new() }; HEADS],
            blocks: [const { OnceBox::new() }; BLOCKS],
            count: AtomicU32::new(0),
        }
    }

    /// How many numbers were given. Behind some there is nothing (yet): ask for each.
    pub(crate) fn count(&self) -> u32 {
        self.count.load(Ordering::Acquire)
    }

    /// The thing of that number.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&'static T> {
        let (block, position) = place(number);
        self.blocks.get(block)?.get()?.get(position)?.get()
    }

    /// The thing with this hash that `is` it, made now if there is none. `None` once the numbers are used up.
    pub(crate) fn find_or_add(
        &'static self,
        hash: u64,
        is: impl Fn(&T) -> bool,
        make: impl FnOnce(u32) -> T,
    ) -> Option<&'static T> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is less than the number of heads"
        )]
        let mut place = &self.heads[(hash % HEADS as u64) as usize];
        let mut make = Some(make);
        let mut made = None;
        loop {
            if let Some(link) = place.get() {
                if is(&link.thing) {
                    // Whoever made it may not have come to this, or never will.
                    self.show(link.number, &link.thing);
                    return Some(&link.thing);
                }
                place = &link.next;
                continue;
            }
            let link = match made.take() {
                Some(link) => link,
                None => {
                    let number = self.number()?;
                    Box::new(Link {
                        number,
                        thing: make.take()?(number),
                        next: OnceBox::new(),
                    })
                }
            };
            // Where another thread was quicker the next turn sees what it put here. If it is the same
            // thing, our number stays without one.
            made = place.set(link).err();
        }
    }

    /// A thing that is found by its number only.
    pub(crate) fn add(&'static self, make: impl FnOnce(u32) -> T) -> Option<&'static T> {
        let number = self.number()?;
        let thing: &'static T = Box::leak(Box::new(make(number)));
        self.show(number, thing);
        Some(thing)
    }

    /// The next number, its block made if need be.
    fn number(&self) -> Option<u32> {
        let number = self.count.fetch_add(1, Ordering::AcqRel);
        let (block, _) = place(number);
        let size = (FIRST_BLOCK as usize) << block;
        self.blocks
            .get(block)?
            .get_or_init(|| Box::new((0..size).map(|_| OnceRef::new()).collect()));
        Some(number)
    }

    fn show(&self, number: u32, thing: &'static T) {
        let (block, position) = place(number);
        let place = self.blocks.get(block).and_then(OnceBox::get);
        if let Some(place) = place.and_then(|block| block.get(position)) {
            let _shown_before = place.set(thing);
        }
    }
}

/// The block and the position in it of a number.
fn place(number: u32) -> (usize, usize) {
    let shifted = u64::from(number) + u64::from(FIRST_BLOCK);
    let block = shifted.ilog2() - FIRST_BLOCK.ilog2();
    let position = shifted - (u64::from(FIRST_BLOCK) << block);
    (
        block as usize,
        usize::try_from(position).unwrap_or(usize::MAX),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn blocks_double_and_leave_no_gap() {
        assert_eq!(place(0), (0, 0));
        assert_eq!(place(63), (0, 63));
        assert_eq!(place(64), (1, 0));
        assert_eq!(place(191), (1, 127));
        assert_eq!(place(192), (2, 0));
    }

    #[test]
    fn many_threads_that_add_the_same_get_the_same() {
        static ALL: Lasting<(u32, u64)> = Lasting::new();
        const THINGS: u64 = 500;
        let add = |key: u64| {
            // Few hashes, so that chains grow long and are fought for.
            ALL.find_or_add(key % 7, |thing| thing.1 == key, |number| (number, key))
                .expect("there is room")
        };
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for key in 0..THINGS {
                        let thing = add(key);
                        assert_eq!(thing.1, key);
                        assert!(std::ptr::eq(thing, add(key)));
                    }
                });
            }
        });
        let listed: Vec<_> = (0..ALL.count())
            .filter_map(|number| Some((number, ALL.get(number)?)))
            .collect();
        assert!(listed.iter().all(|(number, thing)| thing.0 == *number));
        let keys: HashSet<_> = listed.iter().map(|(_, thing)| thing.1).collect();
        assert_eq!((listed.len(), keys.len()), (500, 500));
    }
}
