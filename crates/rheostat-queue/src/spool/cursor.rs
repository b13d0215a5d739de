//! Up to which record everything is settled.

use std::io;
use std::path::Path;

use super::places::Places;

/// What was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) origin: u64,
    /// Everything below.
    pub(super) number: u64,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Cursor(Places<16>);

impl Cursor {
    /// Opens it, and says what it holds.
    pub(super) fn open(folder: &Path) -> io::Result<(Self, Option<Settled>)> {
        let (places, said) = Places::open(folder, "cursor")?;
        let settled = said.map(|said| Settled {
            origin: number(&said[..8]),
            number: number(&said[8..]),
        });
        Ok((Self(places), settled))
    }

    /// Writes it down.
    pub(super) fn write(&mut self, settled: Settled) -> io::Result<()> {
        let mut said = [0; 16];
        said[..8].copy_from_slice(&settled.origin.to_le_bytes());
        said[8..].copy_from_slice(&settled.number.to_le_bytes());
        self.0.write(&said)
    }
}

/// A number of eight bytes.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}
