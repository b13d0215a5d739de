//! A small file that says one thing, and survives being cut short while it is written.
//!
//! Two places are written in turn, each with a checksum: a write that is cut
//! short leaves the other one.

use std::fs::File;
use std::io;
use std::path::Path;

use super::folder;

/// The open file; what it says has `N` bytes.
#[derive(Debug)]
pub(super) struct Places<const N: usize> {
    file: File,
    turn: u64,
}

impl<const N: usize> Places<N> {
    /// A turn, what is said, a checksum of both.
    const PLACE: usize = 8 + N + 4;

    /// Opens it, and says what it holds.
    pub(super) fn open(folder: &Path, name: &str) -> io::Result<(Self, Option<[u8; N]>)> {
        let file = folder::options().open(folder.join(name))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut &file, &mut bytes)?;
        if bytes.len() < 2 * Self::PLACE {
            // The room is taken now: what is written later is written in place, on a full disk too.
            bytes.resize(2 * Self::PLACE, 0);
            io::Seek::rewind(&mut &file)?;
            io::Write::write_all(&mut &file, &bytes)?;
        }
        let known = bytes.chunks(Self::PLACE).filter_map(parse);
        let newest = known.max_by_key(|(turn, _)| *turn);
        let places = Self {
            file,
            turn: newest.map_or(0, |(turn, _)| turn),
        };
        Ok((places, newest.map(|(_, said)| said)))
    }

    /// Writes it down.
    pub(super) fn write(&mut self, said: &[u8; N]) -> io::Result<()> {
        self.turn += 1;
        let mut place = Vec::with_capacity(Self::PLACE);
        place.extend_from_slice(&self.turn.to_le_bytes());
        place.extend_from_slice(said);
        let sum = crc32fast::hash(&place);
        place.extend_from_slice(&sum.to_le_bytes());
        let at = (self.turn % 2) * Self::PLACE as u64;
        io::Seek::seek(&mut &self.file, io::SeekFrom::Start(at))?;
        io::Write::write_all(&mut &self.file, &place)
    }
}

fn parse<const N: usize>(place: &[u8]) -> Option<(u64, [u8; N])> {
    let (turn, rest) = place.split_first_chunk()?;
    let (said, rest) = rest.split_first_chunk()?;
    let sum = u32::from_le_bytes(rest.try_into().ok()?);
    let whole = crc32fast::hash(&place[..8 + N]) == sum;
    whole.then_some((u64::from_le_bytes(*turn), *said))
}
