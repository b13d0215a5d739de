//! Names of fields as small numbers, the same for the whole process.
//!
//! Fields of spans are kept by number, so that a reader compares numbers where
//! it would compare texts. Interning happens on the cold path only: when a
//! policy is applied or a callsite registers. A number is never reused.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The number of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

#[derive(Default)]
struct Names {
    by_text: HashMap<&'static str, NameId>,
    texts: Vec<&'static str>,
}

static NAMES: LazyLock<Mutex<Names>> = LazyLock::new(Mutex::default);

impl NameId {
    /// The number of a name, given now if it has none yet.
    ///
    /// Names are few (those that policies and span callsites spell), so they are kept for good.
    pub fn of(text: &str) -> Self {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.by_text.get(text) {
            return *known;
        }
        let id = Self(u32::try_from(names.texts.len()).unwrap_or(u32::MAX));
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        names.by_text.insert(text, id);
        names.texts.push(text);
        id
    }

    /// The name; cold, for whoever writes it out.
    pub fn text(self) -> &'static str {
        let names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        names.texts.get(self.0 as usize).copied().unwrap_or("")
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
