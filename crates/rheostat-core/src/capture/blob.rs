//! What a span remembers of its fields.

use crate::capture::CapturePlan;
use crate::names::NameId;
use crate::value::{Value, tlv};

/// Captured fields of a span, in bytes of its own.
///
/// Made when the span opens and, for what comes later, at each `record`; the
/// span store keeps the newest in front. One never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    // Entries: the name's number, then the value as `tlv` writes it.
    bytes: Box<[u8]>,
}

impl Blob {
    /// What a span remembers of captured values; `None` where that is nothing.
    pub(crate) fn of(plan: &CapturePlan, slots: &[Value<'_>]) -> Option<Self> {
        let entries = || {
            plan.kept()
                .filter_map(|(slot, name)| Some((name, *slots.get(slot)?)))
                .filter(|(_, value)| *value != Value::Missing)
        };
        Self::from_entries(entries)
    }

    fn from_entries<'v, I>(entries: impl Fn() -> I) -> Option<Self>
    where
        I: Iterator<Item = (NameId, Value<'v>)>,
    {
        let len: usize = entries()
            .map(|(_, value)| 4 + tlv::encoded_len(value))
            .sum();
        if len == 0 {
            return None;
        }
        let mut bytes = Vec::with_capacity(len);
        for (name, value) in entries() {
            bytes.extend_from_slice(&name.0.to_le_bytes());
            tlv::encode(value, &mut bytes);
        }
        Some(Self {
            bytes: bytes.into(),
        })
    }

    /// A blob of these entries, for tests of what reads one.
    pub fn with(entries: &[(&str, Value<'_>)]) -> Option<Self> {
        Self::from_entries(|| {
            entries
                .iter()
                .map(|(name, value)| (NameId::of(name), *value))
        })
    }

    /// How many bytes it holds.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing; none that is made does.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Its entries.
    pub fn entries(&self) -> impl Iterator<Item = (NameId, Value<'_>)> {
        let mut rest = &*self.bytes;
        std::iter::from_fn(move || {
            let name = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
            let (value, len) = tlv::decode(&rest[4..])?;
            rest = &rest[4 + len..];
            Some((NameId(name), value))
        })
    }

    /// The value under a name; `Missing` without one.
    pub fn get(&self, name: NameId) -> Value<'_> {
        self.entries()
            .find(|(entry, _)| *entry == name)
            .map_or(Value::Missing, |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::Blob;
    use crate::names::NameId;
    use crate::value::Value;

    #[test]
    fn a_blob_gives_back_what_it_was_made_of() {
        let entries = [
            ("method", Value::Formatted("GET")),
            ("status", Value::I64(200)),
        ];
        let blob = Blob::with(&entries).expect("there are entries");
        assert_eq!(blob.get(NameId::of("status")), Value::I64(200));
        assert_eq!(blob.get(NameId::of("method")), Value::Formatted("GET"));
        assert_eq!(blob.get(NameId::of("absent")), Value::Missing);
        assert_eq!(blob.entries().count(), 2);
    }

    #[test]
    fn nothing_captured_makes_no_blob() {
        assert_eq!(Blob::with(&[]), None);
    }
}
