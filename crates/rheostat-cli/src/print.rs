//! Standard output: what a command answers.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _, stdout};

/// Prints a line. A reader that has seen enough (`rheostat schema | head`) is no mistake.
///
/// # Errors
///
/// It cannot be written: the disk is full, say.
pub(crate) fn line(text: impl Display) -> Result<(), String> {
    let mut out = stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
