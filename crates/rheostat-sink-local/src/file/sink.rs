//! The sink that writes one file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rheostat_core::sink::{Answer, Batch, Failure, Sink, Verdict};
use rheostat_queue::format::Format;

use super::rotate::{Rotation, rotate};
use crate::frames::{Begun, Encoding, Frames};

#[derive(Debug)]
pub(crate) struct FileSink {
    path: PathBuf,
    mode: u32,
    rotation: Rotation,
    frames: Frames,
    begun: Begun,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Which file it is, whatever it is called by now.
    identity: (u64, u64),
    is_regular: bool,
    len: u64,
    since: SystemTime,
    /// Whether it is known not to end within a line of somebody else's.
    is_whole: bool,
}

impl FileSink {
    /// Opens the file, and makes its folder if there is none.
    pub(crate) fn open(
        path: PathBuf,
        mode: u32,
        rotation: Rotation,
        format: Format,
    ) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let frames = Frames::new(Encoding::Format(format));
        let open = Some(Open::at(&path, mode)?);
        Ok(Self {
            path,
            mode,
            rotation,
            frames,
            begun: Begun::default(),
            open,
        })
    }

    fn deliver_batch(&mut self, batch: &Batch) -> Verdict {
        self.frames.encode(batch);
        let mut written = 0;
        match self.write_all(&mut written) {
            Ok(()) => Verdict::Delivered,
            Err(error) => Verdict::RetryAfter {
                delivered: self.frames.complete(written),
                after: None,
                why: Failure::because(format!("cannot write to {}", self.path.display()), error),
            },
        }
    }

    fn write_all(&mut self, written: &mut usize) -> io::Result<()> {
        self.leave_what_was_moved();
        while *written < self.frames.bytes().len() {
            self.rotate_if_due(*written)?;
            let open = match &mut self.open {
                Some(open) => open,
                None => self.open.insert(Open::at(&self.path, self.mode)?),
            };
            if self.frames.is_text() {
                open.end_torn_line(&self.path)?;
            }
            if *written == 0 {
                *written = self.begun.resume(&mut self.frames);
            }
            let room = match self.rotation.size {
                Some(size) => size.saturating_sub(open.len),
                None => u64::MAX,
            };
            let end = self.frames.run(*written, room);
            let outcome = open.write_up_to(&self.frames.bytes()[..end], written);
            if let Err(error) = outcome {
                self.cut_back(*written);
                return Err(error);
            }
            self.begun.forget();
        }
        Ok(())
    }

    /// After a failure: no half record stays, where that can be helped.
    fn cut_back(&mut self, written: usize) {
        let surplus = (written - self.frames.boundary(written)) as u64;
        let cut = match &mut self.open {
            Some(open) => open.cut(surplus),
            None => false,
        };
        if cut {
            self.begun.forget();
        } else {
            self.begun.stopped(&self.frames, written);
        }
    }

    /// Lets go of a file that no longer has our path.
    fn leave_what_was_moved(&mut self) {
        if let Some(open) = &self.open {
            let there = fs::metadata(&self.path).map(|meta| identity(&meta));
            if there.ok() != Some(open.identity) {
                self.open = None;
                self.begun.forget();
            }
        }
    }

    fn rotate_if_due(&mut self, written: usize) -> io::Result<()> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        if !open.is_regular || open.len == 0 {
            return Ok(());
        }
        let now = SystemTime::now();
        let next = (self.frames.run(written, 0) - written) as u64;
        let too_large = self
            .rotation
            .size
            .is_some_and(|size| open.len + next > size);
        let age = now.duration_since(open.since).unwrap_or_default();
        let too_old = self.rotation.every.is_some_and(|every| age >= every);
        if too_large || too_old {
            self.open = None;
            self.begun.forget();
            rotate(&self.path, self.rotation.keep, now)?;
        }
        Ok(())
    }
}

impl Sink for FileSink {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        let verdict = self.deliver_batch(batch);
        Box::pin(std::future::ready(verdict))
    }

    /// What it wrote outlives the process, as the spool does.
    fn keeps_trails(&self) -> bool {
        self.frames.is_json()
    }
}

impl Open {
    fn at(path: &Path, mode: u32) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(mode)
            .open(path)?;
        let meta = file.metadata()?;
        let is_new = meta.len() == 0;
        let since = if is_new {
            SystemTime::now()
        } else {
            // Not every file system knows when a file was made.
            meta.created().or_else(|_| meta.modified())?
        };
        Ok(Self {
            identity: identity(&meta),
            is_regular: meta.is_file(),
            len: meta.len(),
            since,
            is_whole: !meta.is_file() || is_new,
            file,
        })
    }

    /// A process that was killed while it wrote leaves a part of a line: what comes next begins on its own.
    fn end_torn_line(&mut self, path: &Path) -> io::Result<()> {
        if !self.is_whole {
            // What cannot be read, because of its mode say, is taken as whole.
            if last_byte(path).is_ok_and(|last| last != b'\n') {
                self.file.write_all(b"\n")?;
                self.len += 1;
            }
            self.is_whole = true;
        }
        Ok(())
    }

    /// Writes from `written` to the end, and keeps count however it ends.
    fn write_up_to(&mut self, bytes: &[u8], written: &mut usize) -> io::Result<()> {
        while *written < bytes.len() {
            match self.file.write(&bytes[*written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(more) => {
                    *written += more;
                    self.len += more as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes the last bytes away, unless somebody else wrote behind them.
    fn cut(&mut self, surplus: u64) -> bool {
        if surplus == 0 {
            return true;
        }
        let ours = self
            .file
            .metadata()
            .is_ok_and(|meta| meta.len() == self.len);
        let cut = ours && self.file.set_len(self.len - surplus).is_ok();
        if cut {
            self.len -= surplus;
        }
        cut
    }
}

fn last_byte(path: &Path) -> io::Result<u8> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}

fn identity(meta: &fs::Metadata) -> (u64, u64) {
    (meta.dev(), meta.ino())
}
