//! Old files: their names, and which of them go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a new file begins, and how many old ones stay.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rotation {
    pub(crate) size: Option<u64>,
    pub(crate) every: Option<Duration>,
    pub(crate) keep: usize,
}

/// The length of what is appended: `.20261121T223000.123456789Z`.
const SUFFIX: usize = 27;

/// Renames the file out of the way and removes the oldest ones.
pub(crate) fn rotate(path: &Path, keep: usize, now: SystemTime) -> io::Result<()> {
    fs::rename(path, renamed(path, now))?;
    prune(path, keep)
}

fn renamed(path: &Path, now: SystemTime) -> PathBuf {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut nanos = since.as_nanos() as u64;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix(nanos));
        let candidate = PathBuf::from(name);
        // Two rotations within one tick of the clock must not meet.
        if !candidate.exists() {
            return candidate;
        }
        nanos += 1;
    }
}

fn suffix(nanos: u64) -> String {
    let stamp = rheostat_queue::format::rfc3339(nanos);
    let plain: String = stamp.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!(".{plain}")
}

fn prune(path: &Path, keep: usize) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(());
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut old = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.file_name();
        let bytes = found.as_encoded_bytes();
        let Some(rest) = bytes.strip_prefix(name.as_encoded_bytes()) else {
            continue;
        };
        if rest.len() == SUFFIX && rest.starts_with(b".") && rest.ends_with(b"Z") {
            old.push(entry.path());
        }
    }
    // The names sort as the moments do.
    old.sort();
    let surplus = old.len().saturating_sub(keep);
    for path in &old[..surplus] {
        fs::remove_file(path)?;
    }
    Ok(())
}
