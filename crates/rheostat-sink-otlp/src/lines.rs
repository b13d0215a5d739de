//! OTLP JSON in a file: one request a line, as the OpenTelemetry file format says.
//!
//! Several sinks, and the records and spans of one, may name the same file.
//! They share it, so that a line that cannot be written whole can be taken back
//! without taking another's with it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rheostat_core::sink::{Failure, Verdict};
use serde::Serialize;

/// The files that are open, by their paths as the policy has them.
static OPEN: Mutex<BTreeMap<PathBuf, Weak<Mutex<File>>>> = Mutex::new(BTreeMap::new());

/// A file that gets a line for each request.
pub(crate) struct Lines {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl Lines {
    /// Opens the file for appending, and makes it where there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let mut all = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, file| file.strong_count() > 0);
        let open = all.get(path).and_then(Weak::upgrade);
        let file = match open {
            Some(file) => file,
            None => {
                let opened = append(path).map_err(|error| {
                    Failure::because(format!("cannot open {}", path.display()), error)
                })?;
                let file = Arc::new(Mutex::new(opened));
                all.insert(path.to_owned(), Arc::downgrade(&file));
                file
            }
        };
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    /// Appends a request.
    pub(crate) fn write(&self, request: &impl Serialize) -> Verdict {
        let mut line = match serde_json::to_vec(request) {
            Ok(line) => line,
            Err(error) => {
                return Verdict::RefusedWhole(Failure::because("cannot write it as JSON", error));
            }
        };
        line.push(b'\n');
        match self.append(&line) {
            Ok(()) => Verdict::Delivered,
            Err(error) => {
                let doing = format!("cannot write to {}", self.path.display());
                Verdict::retry(Failure::because(doing, error))
            }
        }
    }

    fn append(&self, line: &[u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if was_moved(&file, &self.path) {
            *file = append(&self.path)?;
        }
        let before = file.metadata()?.len();
        file.write_all(line).inspect_err(|_| {
            // Half a line would spoil the next one: a full disk must not make the rest unreadable. Where this
            // fails too there is nothing left to try.
            let _ = file.set_len(before);
        })
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Whether somebody moved the file away, as those who rotate files do.
#[cfg(unix)]
fn was_moved(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(open), Ok(there)) => open.ino() != there.ino() || open.dev() != there.dev(),
        (_, Err(_)) => true,
        (Err(_), _) => false,
    }
}

#[cfg(not(unix))]
fn was_moved(_: &File, path: &Path) -> bool {
    !path.exists()
}
