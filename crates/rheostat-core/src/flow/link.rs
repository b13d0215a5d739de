//! The link of a record in a chain of records that are not to be lost.

/// Where a record stands in a chain, and what ties it to the one before.
///
/// A queue gives it when it accepts the record; here it is only carried along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which chain; drawn anew each time that one is begun.
    pub chain: u64,
    /// The record's number in the chain, from 0 on.
    pub seq: u64,
    /// The hash of the record before it, in an earlier chain where it is the first; zeros where there is none.
    pub prev: [u8; 32],
    /// The record's own hash.
    pub hash: [u8; 32],
}

impl Link {
    /// Its length in an entry.
    pub(super) const BYTES: usize = 8 + 8 + 32 + 32;

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.chain.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.seq.to_le_bytes());
        bytes[16..48].copy_from_slice(&self.prev);
        bytes[48..].copy_from_slice(&self.hash);
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chain, rest) = bytes.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let (prev, rest) = rest.split_first_chunk()?;
        Some(Self {
            chain: u64::from_le_bytes(*chain),
            seq: u64::from_le_bytes(*seq),
            prev: *prev,
            hash: rest.try_into().ok()?,
        })
    }
}
