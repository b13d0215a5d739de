//! What a server of a certain version can do.

/// A server's version: year and number within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u32, pub(super) u32);

impl Version {
    /// Reads what `version()` says, such as `24.8.4.13`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        Some(Self(
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
        ))
    }

    /// Times with nanoseconds, dictionaries of words, rows that leave by age,
    /// and bodies that say of which types they are.
    pub(super) fn is_of_this_decade(self) -> bool {
        self >= Self(20, 6)
    }

    /// Maps, and inserts that are known again by their token.
    pub(super) fn has_maps_and_tokens(self) -> bool {
        self >= Self(22, 3)
    }

    /// Tokens also where inserts of many clients are gathered.
    pub(super) fn knows_gathered_inserts_again(self) -> bool {
        self >= Self(23, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(Version::read("18.16.1\n"), Some(Version(18, 16)));
        assert_eq!(Version::read("26.9.2.1"), Some(Version(26, 9)));
        assert_eq!(Version::read("soon"), None);
        assert!(!Version(18, 16).is_of_this_decade());
        assert!(Version(20, 6).is_of_this_decade() && !Version(20, 6).has_maps_and_tokens());
        assert!(Version(24, 1).has_maps_and_tokens());
    }
}
