//! The folder of one sink, for one process at a time.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A sink's own folder: its name, with what a file name should not hold written as `%2f`.
pub(super) fn of_sink(dir: &Path, sink: &str) -> PathBuf {
    let name: String = sink
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02x}"),
        })
        .collect();
    dir.join(name)
}

/// Makes it, readable for its owner alone: records may hold what others should not read.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Keeps other processes out; the system lets them in when this one ends, however it ends.
pub(super) fn lock(folder: &Path) -> io::Result<File> {
    let file = options().open(folder.join("lock"))?;
    #[cfg(unix)]
    {
        use rustix::fs::{FlockOperation, flock};
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|error| {
            if error == rustix::io::Errno::WOULDBLOCK {
                io::Error::other("another process has it in use")
            } else {
                error.into()
            }
        })?;
    }
    Ok(file)
}

/// A file to read and write, made if there is none, for its owner alone.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
