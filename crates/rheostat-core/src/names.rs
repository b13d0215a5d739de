//! Names of fields as small numbers, the same for the whole process.
//!
//! Fields of spans are kept by number, so that a reader compares numbers where
//! it would compare texts. Interning happens on the cold path only: when a
//! policy is applied or a callsite registers. A number is never reused.

use std::hash::BuildHasher as _;

use crate::lasting::Lasting;

/// The number of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

struct Name {
    id: NameId,
    text: Box<str>,
}

static NAMES: Lasting<Name> = Lasting::new();
static HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x9a3e);

impl NameId {
    /// What stands for a name once the numbers are used up: no field has it.
    const NONE: Self = Self(u32::MAX);

    /// The number of a name, given now if it has none yet.
    ///
    /// Names are few (those that policies and span callsites spell), so they are kept for good.
    pub fn of(text: &str) -> Self {
        let name = NAMES.find_or_add(
            HASHER.hash_one(text),
            |name| *name.text == *text,
            |number| Name {
                id: Self(number),
                text: text.into(),
            },
        );
        name.map_or(Self::NONE, |name| name.id)
    }

    /// The name; cold, for whoever writes it out.
    pub fn text(self) -> &'static str {
        NAMES.get(self.0).map_or("", |name| &name.text)
    }
}

#[cfg(test)]
mod tests {
    use super::NameId;

    #[test]
    fn a_name_has_one_number() {
        assert_eq!(NameId::of("tenant"), NameId::of("tenant"));
        assert_ne!(NameId::of("tenant"), NameId::of("route"));
        assert_eq!(NameId::of("tenant").text(), "tenant");
    }
}
