//! Standard output and standard error.
//!
//! They belong to the program, so their flags are left alone: instead of
//! writing without blocking, we ask whether there is room and write no more
//! than fits. A reader that stops holds up this sink's thread for no longer
//! than the sink's `timeout`, and nobody else at all.

use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::time::Duration;

use rheostat_core::sink::{Answer, Batch, Failure, Sink, Verdict};
use rheostat_queue::format::Format;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::time::{Instant, sleep};

use crate::frames::{Begun, Encoding, Frames};

/// A pipe that says it has room takes this much without blocking (`PIPE_BUF` on Linux).
const AT_ONCE: usize = 4096;
/// How often a full pipe is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Error,
}

#[derive(Debug)]
pub(crate) struct Standard {
    stream: Stream,
    frames: Frames,
    begun: Begun,
    timeout: Duration,
    /// How much may be written at once, and whether to ask for room before.
    careful: bool,
}

impl Standard {
    pub(crate) fn new(stream: Stream, format: Format, timeout: Duration) -> Self {
        let format = match format {
            Format::Pretty { .. } => Format::Pretty {
                colour: stream.is_terminal(),
            },
            other => other,
        };
        Self {
            stream,
            frames: Frames::new(Encoding::Format(format)),
            begun: Begun::default(),
            timeout,
            careful: !stream.is_file(),
        }
    }

    async fn deliver_batch(&mut self, batch: &Batch) -> Verdict {
        self.frames.encode(batch);
        let mut written = self.begun.resume(&mut self.frames);
        let mut progress = Instant::now();
        while written < self.frames.bytes().len() {
            let mut rest = &self.frames.bytes()[written..];
            if self.careful {
                rest = &rest[..rest.len().min(AT_ONCE)];
            }
            let step = if self.careful && !self.stream.has_room() {
                Ok(0)
            } else {
                self.stream.put(rest)
            };
            match step {
                Ok(0) if progress.elapsed() >= self.timeout => {
                    return self.failed(written, &io::ErrorKind::TimedOut.into());
                }
                Ok(0) => sleep(LOOK_AGAIN).await,
                Ok(bytes) => {
                    written += bytes;
                    progress = Instant::now();
                    // At once, for this may be dropped at the next wait.
                    self.begun.stopped(&self.frames, written);
                }
                Err(error) => return self.failed(written, &error),
            }
        }
        Verdict::Delivered
    }

    fn failed(&self, written: usize, error: &io::Error) -> Verdict {
        Verdict::RetryAfter {
            delivered: self.frames.complete(written),
            after: None,
            why: Failure::because(
                format!("cannot write to {}", self.stream.name()),
                io::Error::from(error.kind()),
            ),
        }
    }
}

impl Sink for Standard {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        Box::pin(self.deliver_batch(batch))
    }
}

impl Stream {
    fn name(self) -> &'static str {
        match self {
            Self::Out => "standard output",
            Self::Error => "standard error",
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::Out => io::stdout().is_terminal(),
            Self::Error => io::stderr().is_terminal(),
        }
    }

    /// Whether it is a regular file, which has room or fails but never waits for a reader.
    fn is_file(self) -> bool {
        let of = |fd: std::os::fd::BorrowedFd<'_>| {
            let file = fd.try_clone_to_owned().map(std::fs::File::from)?;
            Ok::<_, io::Error>(file.metadata()?.is_file())
        };
        let is_file = match self {
            Self::Out => of(io::stdout().as_fd()),
            Self::Error => of(io::stderr().as_fd()),
        };
        is_file.unwrap_or(false)
    }

    /// Whether a write would not wait; also where it would fail, so that it is tried.
    fn has_room(self) -> bool {
        let of = |fd: std::os::fd::BorrowedFd<'_>| {
            let mut asked = [PollFd::from_borrowed_fd(fd, PollFlags::OUT)];
            let now = Timespec::default();
            poll(&mut asked, Some(&now)).is_ok() && !asked[0].revents().is_empty()
        };
        match self {
            Self::Out => of(io::stdout().as_fd()),
            Self::Error => of(io::stderr().as_fd()),
        }
    }

    fn put(self, bytes: &[u8]) -> io::Result<usize> {
        let put = match self {
            Self::Out => rustix::io::write(io::stdout(), bytes),
            Self::Error => rustix::io::write(io::stderr(), bytes),
        };
        match put {
            Ok(written) => Ok(written),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }
}
