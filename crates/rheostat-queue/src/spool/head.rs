//! The last hash of the chain, for whoever opens the spool next: what was delivered is not there to be asked.

use std::io;
use std::path::Path;

use super::cursor::number;
use super::places::Places;

/// What is known of the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// All records below this number were looked at.
    pub(super) number: u64,
    /// The hash of the last of them that is in a chain.
    pub(super) hash: [u8; 32],
}

/// The open file.
#[derive(Debug)]
pub(super) struct Head {
    places: Places<40>,
    written: Known,
}

impl Head {
    /// Opens it.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let (places, said) = Places::open(folder, "chain")?;
        let written = said.map_or_else(Known::default, |said| Known {
            number: number(&said[..8]),
            hash: {
                let mut hash = [0; 32];
                hash.copy_from_slice(&said[8..]);
                hash
            },
        });
        Ok(Self { places, written })
    }

    /// What it holds.
    pub(super) fn known(&self) -> Known {
        self.written
    }

    /// Writes it down, where the hash is another one.
    pub(super) fn write(&mut self, known: Known) -> io::Result<()> {
        if known.hash == self.written.hash {
            return Ok(());
        }
        let mut said = [0; 40];
        said[..8].copy_from_slice(&known.number.to_le_bytes());
        said[8..].copy_from_slice(&known.hash);
        self.places.write(&said)?;
        self.written = known;
        Ok(())
    }
}
