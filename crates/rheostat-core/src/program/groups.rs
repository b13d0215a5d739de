//! The only group of a pattern, found without allocating for each record.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use regex::{CaptureLocations, Regex};

/// A pattern with one group, and a number by which a thread keeps room for its match.
#[derive(Clone, Debug)]
pub(super) struct OnlyGroup {
    pattern: Regex,
    number: u64,
}

/// How many patterns a thread keeps room for.
const KEPT: usize = 64;

thread_local! {
    static ROOM: RefCell<Vec<(u64, CaptureLocations)>> = const { RefCell::new(Vec::new()) };
}

impl OnlyGroup {
    pub(super) fn new(pattern: Regex) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            pattern,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// What the group matched in a text.
    pub(super) fn of<'v>(&self, text: &'v str) -> Option<&'v str> {
        let kept = ROOM.try_with(|room| {
            let mut room = room.try_borrow_mut().ok()?;
            let known = room.iter().position(|(number, _)| *number == self.number);
            let at = known.unwrap_or_else(|| {
                if room.len() == KEPT {
                    room.swap_remove(0);
                }
                room.push((self.number, self.pattern.capture_locations()));
                room.len() - 1
            });
            Some(self.read(&mut room[at].1, text))
        });
        match kept {
            Ok(Some(found)) => found,
            // The thread ends: room of its own will do.
            Ok(None) | Err(_) => self.read(&mut self.pattern.capture_locations(), text),
        }
    }

    fn read<'v>(&self, room: &mut CaptureLocations, text: &'v str) -> Option<&'v str> {
        self.pattern.captures_read(room, text)?;
        let (start, end) = room.get(1)?;
        Some(&text[start..end])
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{KEPT, OnlyGroup};

    #[test]
    fn each_pattern_finds_its_own_group() {
        let groups: Vec<_> = (0..KEPT + 3)
            .map(|at| OnlyGroup::new(Regex::new(&format!("{at}=(\\d+)")).expect("a pattern")))
            .collect();
        for _ in 0..2 {
            for (at, group) in groups.iter().enumerate() {
                assert_eq!(
                    group.of(&format!("x {at}=7{at} y")),
                    Some(&*format!("7{at}"))
                );
                assert_eq!(group.of("nothing"), None);
            }
        }
    }

    #[test]
    fn a_group_that_took_no_part_is_no_value() {
        let group = OnlyGroup::new(Regex::new("a(b)?").expect("a pattern"));
        assert_eq!(group.of("a"), None);
        assert_eq!(group.of("ab"), Some("b"));
    }
}
