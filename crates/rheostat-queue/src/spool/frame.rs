//! One accepted chunk in a segment.
//!
//! ```text
//! mark u24, kind u8, length u32, first u64, count u32, sum of the payload u32, sum of this head u32, payload
//! ```
//!
//! The head has a checksum of its own: where only a payload is damaged, it is
//! known how many records went with it.

use rheostat_core::flow::Chunk;

/// The bytes of a head.
pub(super) const HEAD: usize = 28;
/// What each begins with, so that one can be found again behind damage.
pub(super) const MARK: [u8; 3] = *b"RhF";
/// Its records are in no chain; some of them are; they made room for newer ones, on purpose.
const PLAIN: u8 = 1;
const LINKED: u8 = 2;
const DROPPED: u8 = 3;

/// A head that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of the payload.
    pub(super) len: u32,
    /// The number of its first record.
    pub(super) first: u64,
    /// How many records.
    pub(super) count: u32,
    /// Whether some of them are in a chain.
    pub(super) linked: bool,
    /// Whether they made room for newer ones: then there is no payload.
    pub(super) dropped: bool,
    sum: u32,
}

/// Writes a frame, in place of what `out` holds.
pub(super) fn write(chunk: &Chunk, first: u64, linked: bool, out: &mut Vec<u8>) {
    out.clear();
    out.resize(HEAD, 0);
    chunk.write_portable(out);
    let kind = if linked { LINKED } else { PLAIN };
    write_head(kind, (first, chunk.len() as u32), out);
}

/// Writes what stands for records that made room, in place of what `out` holds.
pub(super) fn write_dropped(first: u64, count: u32, out: &mut Vec<u8>) {
    out.clear();
    out.resize(HEAD, 0);
    write_head(DROPPED, (first, count), out);
}

fn write_head(kind: u8, (first, count): (u64, u32), out: &mut [u8]) {
    let len = (out.len() - HEAD) as u32;
    let sum = crc32fast::hash(&out[HEAD..]);
    out[..3].copy_from_slice(&MARK);
    out[3] = kind;
    out[4..8].copy_from_slice(&len.to_le_bytes());
    out[8..16].copy_from_slice(&first.to_le_bytes());
    out[16..20].copy_from_slice(&count.to_le_bytes());
    out[20..24].copy_from_slice(&sum.to_le_bytes());
    let head = crc32fast::hash(&out[..24]);
    out[24..HEAD].copy_from_slice(&head.to_le_bytes());
}

impl Head {
    /// Reads a head; `None` where it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..HEAD)?;
        let word = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
        let known = head[..3] == MARK && [PLAIN, LINKED, DROPPED].contains(&head[3]);
        let whole = known && crc32fast::hash(&head[..24]) == word(24)?;
        let first = u64::from_le_bytes(head[8..16].try_into().ok()?);
        let (len, count, sum) = (word(4)?, word(16)?, word(20)?);
        whole.then_some(Self {
            len,
            first,
            count,
            linked: head[3] == LINKED,
            dropped: head[3] == DROPPED,
            sum,
        })
    }

    /// Whether this is its payload.
    pub(super) fn fits(&self, payload: &[u8]) -> bool {
        crc32fast::hash(payload) == self.sum
    }
}
