//! One file of the log.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::folder;
use super::frame::{self, HEAD, Head, MARK};

/// What a segment begins with: a mark with the version, the origin, the first number.
const MAGIC: [u8; 8] = *b"RhSpool1";
/// The bytes before the first frame.
pub(super) const START: u64 = 24;
/// Behind damage the next frame is looked for in steps of this size.
const STEP: usize = 64 << 10;

/// A file that is known.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) origin: u64,
    /// The number of the first record it was begun for.
    pub(super) first: u64,
    pub(super) bytes: u64,
    /// Its records made room for newer ones: only their numbers are left.
    pub(super) dropped: bool,
}

impl Segment {
    /// Begins a file.
    pub(super) fn create(folder: &Path, origin: u64, first: u64) -> io::Result<(Self, File)> {
        let path = folder.join(format!("{first:020}.log"));
        let mut file = folder::options().open(&path)?;
        // One of this name was begun before and never filled.
        file.set_len(0)?;
        let mut start = Vec::with_capacity(START as usize);
        start.extend_from_slice(&MAGIC);
        start.extend_from_slice(&origin.to_le_bytes());
        start.extend_from_slice(&first.to_le_bytes());
        file.write_all(&start)?;
        let segment = Self {
            path,
            origin,
            first,
            bytes: START,
            dropped: false,
        };
        Ok((segment, file))
    }

    /// Appends a frame; where that fails the file is as it was, if the disk allows.
    pub(super) fn append(&mut self, mut file: &File, frame: &[u8]) -> io::Result<()> {
        match file.write_all(frame) {
            Ok(()) => {
                self.bytes += frame.len() as u64;
                Ok(())
            }
            Err(error) => {
                file.set_len(self.bytes)?;
                file.seek(SeekFrom::Start(self.bytes))?;
                Err(error)
            }
        }
    }

    /// Where each frame begins whose head is whole and that is all there, and its head.
    pub(super) fn frames(&self) -> Vec<(u64, Head)> {
        let mut found = Vec::new();
        let mut at = START;
        let Ok(file) = File::open(&self.path) else {
            return found;
        };
        while let Some((start, head)) = next_head(&file, at, self.bytes) {
            found.push((start, head));
            at = start + HEAD as u64 + u64::from(head.len);
        }
        found
    }
}

impl Segment {
    /// Gives its room back, and leaves the numbers of its records, so that nobody misses them after a restart.
    pub(super) fn drop_records(&mut self, end: u64, frame: &mut Vec<u8>) -> io::Result<()> {
        let count = u32::try_from(end - self.first).map_err(io::Error::other)?;
        frame::write_dropped(self.first, count, frame);
        let mut file = folder::options().open(&self.path)?;
        file.seek(SeekFrom::Start(START))?;
        // In this order: what it stands for is written before it is gone.
        file.write_all(frame)?;
        let len = START + frame.len() as u64;
        file.set_len(len)?;
        (self.bytes, self.dropped) = (len, true);
        Ok(())
    }

    /// The payload of a frame, if it is whole.
    pub(super) fn read(&self, (start, head): &(u64, Head)) -> Option<Vec<u8>> {
        let file = File::open(&self.path).ok()?;
        let mut payload = vec![0; head.len as usize];
        read_at(&file, start + HEAD as u64, &mut payload).ok()?;
        head.fits(&payload).then_some(payload)
    }
}

/// The first whole head at or behind a place, of a frame that is all there.
pub(super) fn next_head(file: &File, from: u64, end: u64) -> Option<(u64, Head)> {
    let complete = |at: u64, head: &Head| at + HEAD as u64 + u64::from(head.len) <= end;
    let mut at = from;
    let mut bytes = [0; HEAD];
    read_at(file, at, &mut bytes).ok()?;
    if let Some(head) = Head::read(&bytes).filter(|head| complete(at, head)) {
        return Some((at, head));
    }
    // Damage: look for the next mark that begins a head.
    let mut window = vec![0; STEP + HEAD];
    while at + HEAD as u64 <= end {
        let len = usize::try_from(end - at).map_or(window.len(), |left| left.min(window.len()));
        read_at(file, at, &mut window[..len]).ok()?;
        let places = (0..=len - HEAD).filter(|place| window[*place..].starts_with(&MARK));
        for place in places {
            let head = Head::read(&window[place..len]);
            let start = at + place as u64;
            if let Some(head) = head.filter(|head| complete(start, head)) {
                return Some((start, head));
            }
        }
        at += STEP as u64;
    }
    None
}

/// Reads exactly this.
pub(super) fn read_at(mut file: &File, at: u64, out: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(out)
}

/// The files of a folder, the oldest first. One that does not begin like a segment is left alone.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Segment>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            all.extend(known(path)?);
        }
    }
    all.sort_by_key(|segment| segment.first);
    Ok(all)
}

fn known(path: PathBuf) -> io::Result<Option<Segment>> {
    let file = File::open(&path)?;
    let bytes = file.metadata()?.len();
    let mut start = [0; START as usize];
    if read_at(&file, 0, &mut start).is_err() || start[..8] != MAGIC {
        return Ok(None);
    }
    let number = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&start[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    Ok(Some(Segment {
        origin: number(8),
        first: number(16),
        path,
        bytes,
        dropped: false,
    }))
}
