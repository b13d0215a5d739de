//! The places from which `log` records come: a bounded table of callsites.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use once_cell::race::OnceRef;
use rheostat_policy::model::Level;

use crate::callsite::{Callsite, CallsiteId, CallsiteKind};
use crate::callsites;

/// Where a record says that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source<'a> {
    pub(crate) level: Level,
    pub(crate) target: &'a str,
    pub(crate) module: Option<&'a str>,
    pub(crate) file: Option<&'a str>,
    pub(crate) line: Option<u32>,
}

/// Targets can be made up while the program runs, and a callsite's number is never given back.
const MOST: usize = 4096;
const SLOTS: usize = MOST * 2;

type Site = OnceRef<'static, Arc<Callsite>>;

static SITES: [Site; SLOTS] = [const { OnceRef::new() }; SLOTS];
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x10c);

impl Source<'_> {
    fn hash(&self) -> usize {
        let mut hasher = HASHER.build_hasher();
        self.target.hash(&mut hasher);
        self.line.hash(&mut hasher);
        self.file.hash(&mut hasher);
        (self.level as u8).hash(&mut hasher);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "any bits of a hash are as good as others"
        )]
        (hasher.finish() as usize)
    }

    fn is(&self, callsite: &Callsite) -> bool {
        callsite.level == self.level
            && callsite.line == self.line
            && callsite.target == self.target
            && callsite.file.as_deref() == self.file
    }
}

/// The callsite of a source; `None` once there are too many.
pub(crate) fn site(source: &Source<'_>) -> Option<&'static Arc<Callsite>> {
    let start = source.hash();
    for nth in 0..SLOTS {
        let slot = &SITES[(start + nth) % SLOTS];
        let callsite = match slot.get() {
            Some(callsite) => callsite,
            None => {
                if TAKEN.load(Ordering::Relaxed) >= MOST {
                    return None;
                }
                add(slot, source)?
            }
        };
        if source.is(callsite) {
            return Some(callsite);
        }
    }
    None
}

#[cold]
fn add(slot: &'static Site, source: &Source<'_>) -> Option<&'static Arc<Callsite>> {
    let callsite = callsites::of_log(|id| describe(id, source))?;
    // Where another thread took the slot meanwhile, the number goes unused.
    if slot.set(callsite).is_ok() {
        TAKEN.fetch_add(1, Ordering::Relaxed);
    }
    slot.get()
}

/// A source as a callsite.
pub(crate) fn describe(id: CallsiteId, source: &Source<'_>) -> Callsite {
    let owned = |text: &str| Cow::Owned(text.to_owned());
    Callsite {
        id,
        kind: CallsiteKind::Event,
        name: Cow::Borrowed("log"),
        target: owned(source.target),
        module: source.module.map(owned),
        file: source.file.map(owned),
        line: source.line,
        level: source.level,
        fields: Box::new(["message"]),
        metadata: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_one_callsite() {
        let source = Source {
            level: Level::Info,
            target: "a::b",
            module: Some("a::b"),
            file: Some("src/b.rs"),
            line: Some(7),
        };
        let first = site(&source).expect("there is room");
        assert!(std::ptr::eq(first, site(&source).expect("it is there")));
        let below = Source {
            line: Some(8),
            ..source
        };
        let other = site(&below).expect("there is room");
        assert_ne!(first.id, other.id);
        assert_eq!((&*other.name, other.line), ("log", Some(8)));
    }
}
