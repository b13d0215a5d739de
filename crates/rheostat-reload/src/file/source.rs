//! A policy in a file, as a source.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::eye::PathEye;
use super::notice::Notices;
use super::settle::{Eye as _, Finding, Settle};
use super::trail::absolute;
use crate::error::SourceError;
use crate::source::{News, Source, Text, Waker};

/// A policy in a file, given as a plain path, a symlink, or a path through symlinked folders.
///
/// A change is told as soon as its writer closed the file or renamed it into
/// place, within 2 s where the system notifies nobody (network file systems),
/// and never while it is half written. The file may be missing for a while.
///
/// One of these takes one `inotify` instance on Linux; where the system has
/// none left it says so once and looks every two seconds.
#[derive(Debug)]
pub struct FileSource {
    name: Arc<str>,
    settle: Settle,
    eye: PathEye,
}

impl FileSource {
    /// A source for this path, which is resolved against the current folder now.
    ///
    /// # Errors
    ///
    /// The path is empty, or there is no current folder.
    pub fn new(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let whole: PathBuf = absolute(path).map_err(|cause| {
            SourceError::new(format!("cannot find policy file `{name}`"), cause)
        })?;
        Ok(Self {
            settle: Settle::new(Instant::now()),
            eye: PathEye::new(whole, Notices::new()),
            name: name.into(),
        })
    }

    fn error(&self, doing: &str, cause: std::io::Error) -> SourceError {
        SourceError::new(format!("cannot {doing} policy file `{}`", self.name), cause)
    }
}

impl Source for FileSource {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn read(&mut self) -> Result<Text, SourceError> {
        // The stamp is taken before the bytes: what is written in between is seen as a change later.
        let stamp = self
            .eye
            .stamp(true)
            .map_err(|cause| self.error("read", cause))?;
        let bytes = self
            .eye
            .bytes()
            .map_err(|cause| self.error("read", cause))?;
        self.settle.known(bytes.clone(), stamp);
        Ok(Text::new(Arc::clone(&self.name), bytes))
    }

    fn wait(&mut self, limit: Duration) -> News {
        let end = Instant::now() + limit;
        loop {
            let found = self.settle.step(&mut self.eye, Instant::now());
            if let Some(cause) = self.eye.notices.trouble() {
                return News::Trouble(self.error("be notified of changes of", cause));
            }
            match found {
                Some(Finding::Saved(bytes)) => {
                    return News::Saved(Text::new(Arc::clone(&self.name), bytes));
                }
                Some(Finding::Unreadable(cause)) => {
                    return News::Trouble(self.error("read", cause));
                }
                None => {}
            }
            let now = Instant::now();
            let (until, listen) = self.settle.rest(now);
            let rest = until.min(end).saturating_duration_since(now);
            if self.eye.notices.wait(rest, listen) || Instant::now() >= end {
                return News::Nothing;
            }
        }
    }

    fn waker(&self) -> Option<Waker> {
        Some(self.eye.notices.waker())
    }
}
