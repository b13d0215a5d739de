//! Up to which record everything is settled.
//!
//! Two places are written in turn, each with a checksum: a write that is cut
//! short leaves the other one.

use std::fs::File;
use std::io;
use std::path::Path;

use super::folder;

/// One place: turn, origin, number, checksum.
const PLACE: usize = 28;

/// What was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) origin: u64,
    /// Everything below.
    pub(super) number: u64,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Cursor {
    file: File,
    turn: u64,
}

impl Cursor {
    /// Opens it, and says what it holds.
    pub(super) fn open(folder: &Path) -> io::Result<(Self, Option<Settled>)> {
        let file = folder::options().open(folder.join("cursor"))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut &file, &mut bytes)?;
        let known = bytes.chunks(PLACE).filter_map(parse);
        let newest = known.max_by_key(|(turn, _)| *turn);
        let cursor = Self {
            file,
            turn: newest.map_or(0, |(turn, _)| turn),
        };
        Ok((cursor, newest.map(|(_, settled)| settled)))
    }

    /// Writes it down.
    pub(super) fn write(&mut self, settled: Settled) -> io::Result<()> {
        self.turn += 1;
        let mut place = [0; PLACE];
        place[..8].copy_from_slice(&self.turn.to_le_bytes());
        place[8..16].copy_from_slice(&settled.origin.to_le_bytes());
        place[16..24].copy_from_slice(&settled.number.to_le_bytes());
        let sum = crc32fast::hash(&place[..24]);
        place[24..].copy_from_slice(&sum.to_le_bytes());
        let at = (self.turn % 2) * PLACE as u64;
        io::Seek::seek(&mut &self.file, io::SeekFrom::Start(at))?;
        io::Write::write_all(&mut &self.file, &place)
    }
}

fn parse(place: &[u8]) -> Option<(u64, Settled)> {
    let number = |at: usize| Some(u64::from_le_bytes(place.get(at..at + 8)?.try_into().ok()?));
    let sum = u32::from_le_bytes(place.get(24..28)?.try_into().ok()?);
    let (turn, origin, settled) = (number(0)?, number(8)?, number(16)?);
    (crc32fast::hash(&place[..24]) == sum).then_some((
        turn,
        Settled {
            origin,
            number: settled,
        },
    ))
}
