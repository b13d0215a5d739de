//! The chain of records that are not to be lost: each holds the hash of the one before it.
//!
//! A record's hash is SHA-256 of its JSON line up to `,"hash":`, in which its
//! place and the hash of the record before it stand. So a reader of the lines
//! needs nothing but them, and `sha256sum` will do:
//!
//! ```text
//! {"time":…,"chain":{"id":"…","seq":0,"prev":"0000…"  ,"hash":"8f1c…"}}
//! {"time":…,"chain":{"id":"…","seq":1,"prev":"8f1c…"  ,"hash":"2ab9…"}}
//! ```
//!
//! Each time a spool is opened a chain of another name goes on from the last
//! hash. Two records are never given one place then, even where a power cut
//! took the last ones from the disk after they had been delivered.

use hmac_sha256::Hash as Sha256;
use rheostat_core::flow::{Link, RecordView};

use crate::backoff::random;
use crate::format::Format;

/// Where a chain is continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    id: u64,
    /// The next record's number.
    seq: u64,
    /// The last record's hash.
    head: [u8; 32],
}

impl Chain {
    /// A chain that goes on from this hash; zeros where there is nothing to go on from.
    pub(crate) fn after(head: [u8; 32]) -> Self {
        Self {
            id: random(),
            seq: 0,
            head,
        }
    }

    /// The last record's hash.
    pub(crate) fn head(&self) -> [u8; 32] {
        self.head
    }

    /// Gives a record its place; `room` is for its line.
    pub(crate) fn link(&mut self, record: &RecordView<'_>, room: &mut Vec<u8>) -> Link {
        let mut link = Link {
            chain: self.id,
            seq: self.seq,
            prev: self.head,
            hash: [0; 32],
        };
        room.clear();
        link.hash = Sha256::hash(Format::unhashed(record, &link, room));
        (self.seq, self.head) = (self.seq + 1, link.hash);
        link
    }
}

#[cfg(test)]
mod tests;
