//! Losses that the sink was not told of yet: who opens the spool next tells it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rheostat_core::ledger::Cause;
use rheostat_core::sink::Gap;

use super::cursor::number;
use super::places::Places;

/// Two moments, then a number for each cause, in the order of [`Cause::ALL`]; there is room for more of them.
const BYTES: usize = 16 + 8 * 32;

/// The open file.
#[derive(Debug)]
pub(super) struct Untold {
    places: Places<BYTES>,
    written: [u8; BYTES],
}

impl Untold {
    /// Opens it, and says what it holds.
    pub(super) fn open(folder: &Path, sink: &Arc<str>) -> io::Result<(Self, Option<Gap>)> {
        let (places, said) = Places::open(folder, "untold")?;
        let written = said.unwrap_or([0; BYTES]);
        let of_cause = |(at, cause): (usize, &Cause)| {
            let lost = number(&written[16 + 8 * at..24 + 8 * at]);
            (lost > 0).then_some((*cause, lost))
        };
        let lost: Vec<_> = Cause::ALL.iter().enumerate().filter_map(of_cause).collect();
        let gap = (!lost.is_empty()).then(|| Gap {
            sink: sink.clone(),
            lost,
            from: number(&written[..8]),
            to: number(&written[8..16]),
        });
        Ok((Self { places, written }, gap))
    }

    /// Writes down what is to be told, if that is something else than before.
    pub(super) fn write<'g>(&mut self, gaps: impl Iterator<Item = &'g Gap>) -> io::Result<()> {
        let (mut from, mut to, mut lost) = (u64::MAX, 0, [0_u64; Cause::ALL.len()]);
        for gap in gaps {
            (from, to) = (from.min(gap.from), to.max(gap.to));
            for (cause, records) in &gap.lost {
                lost[*cause as usize] += records;
            }
        }
        let mut said = [0; BYTES];
        if to > 0 {
            for (place, number) in said.chunks_mut(8).zip([from, to].into_iter().chain(lost)) {
                place.copy_from_slice(&number.to_le_bytes());
            }
        }
        if said != self.written {
            self.places.write(&said)?;
            self.written = said;
        }
        Ok(())
    }
}
