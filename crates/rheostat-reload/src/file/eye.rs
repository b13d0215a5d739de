//! The real eye: one path, its trail, and the notices of its folders.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::notice::Notices;
use super::settle::{Eye, Noticed, Stamp};
use super::trail::Trail;

/// The most that is read: one byte more than a policy may have, so that the language can say it is too long.
const MOST: u64 = 4 * 1024 * 1024 + 1;
/// No file system's clock is coarser than this where it matters: a tick is 1 to 10 ms.
const TICK: Duration = Duration::from_millis(30);

/// One path, looked at by `stat` and `read`.
#[derive(Debug)]
pub(crate) struct PathEye {
    path: PathBuf,
    trail: Trail,
    pub(crate) notices: Notices,
}

impl PathEye {
    /// An eye on an absolute path.
    pub(crate) fn new(path: PathBuf, notices: Notices) -> Self {
        Self {
            path,
            trail: Trail::default(),
            notices,
        }
    }
}

impl Eye for PathEye {
    fn noticed(&mut self) -> Noticed {
        self.notices.drain(&self.trail)
    }

    fn stamp(&mut self, anew: bool) -> io::Result<Stamp> {
        if anew {
            let trail = Trail::follow(&self.path);
            // Folders are watched before the look, so that no change can fall between the two.
            self.notices.watch(&trail);
            self.trail = trail;
        }
        Ok(stamp(&std::fs::metadata(&self.path)?))
    }

    fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(MOST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn stamp(meta: &Metadata) -> Stamp {
    let young = meta
        .modified()
        .ok()
        // A time in the future tells nothing about age: better one read too many.
        .is_none_or(|at| {
            SystemTime::now()
                .duration_since(at)
                .is_ok_and(|age| age < TICK)
        });
    Stamp {
        // A longer file is only ever read up to here.
        len: meta.len().min(MOST),
        young,
        ..identity(meta)
    }
}

#[cfg(unix)]
fn identity(meta: &Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;

    Stamp {
        file: (meta.dev(), meta.ino()),
        len: 0,
        modified: (meta.mtime(), meta.mtime_nsec()),
        changed: (meta.ctime(), meta.ctime_nsec()),
        young: false,
    }
}

#[cfg(not(unix))]
fn identity(meta: &Metadata) -> Stamp {
    let time = |at: io::Result<SystemTime>| {
        let since = at
            .ok()
            .and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.map_or((0, 0), |d| {
            (d.as_secs().cast_signed(), i64::from(d.subsec_nanos()))
        })
    };
    Stamp {
        file: (0, 0),
        len: 0,
        modified: time(meta.modified()),
        changed: time(meta.created()),
        young: false,
    }
}
