//! The file for records that a destination refuses for good.
//!
//! One JSON object a line: when, which sink, the destination's reason, and the
//! record as `format = "json"` writes it. It is opened when the policy is
//! applied, only its owner can read it, and it stops growing at [`LIMIT`]:
//! what is refused after that is counted as refused.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rheostat_core::flow::RecordView;
use rheostat_core::internal::{self, Notice};

use crate::format::Format;

/// How large the file may become.
const LIMIT: u64 = 256 << 20;

/// The open file.
#[derive(Debug)]
pub(crate) struct DeadLetters {
    file: File,
    sink: Arc<str>,
}

impl DeadLetters {
    /// Opens the file, made if there is none.
    pub(crate) fn open(path: &Path, sink: Arc<str>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self {
            file: options.open(path)?,
            sink,
        })
    }

    /// Writes a record down; false where that is not possible.
    pub(crate) fn put(&self, record: &RecordView<'_>, why: &str) -> bool {
        match self.write(record, why) {
            Ok(written) => written,
            Err(error) => {
                internal::notice(&Notice {
                    code: "dead-letter-not-written",
                    text: format!(
                        "refused records of sink `{}` cannot be put into its `dead_letter` file: \
                         {error}; they are counted as refused",
                        self.sink
                    ),
                });
                false
            }
        }
    }

    fn write(&self, record: &RecordView<'_>, why: &str) -> io::Result<bool> {
        let line = self.line(record, why);
        // Asked each time, because others may write into it or empty it.
        let before = self.file.metadata()?.len();
        if before + line.len() as u64 > LIMIT {
            return Ok(false);
        }
        // One call for one line: two sinks can share a file.
        let written = (&self.file).write_all(&line);
        if written.is_err() {
            self.cut_back(before, line.len() as u64);
        }
        written.map(|()| true)
    }

    /// No part of a line stays, unless somebody else wrote behind it.
    fn cut_back(&self, before: u64, line: u64) {
        let ours = |meta: std::fs::Metadata| (before..before + line).contains(&meta.len());
        if self.file.metadata().is_ok_and(ours) {
            // Where it cannot be cut, the next line begins behind the part.
            let _part_stays = self.file.set_len(before);
        }
    }

    fn line(&self, record: &RecordView<'_>, why: &str) -> Vec<u8> {
        let mut line = Vec::new();
        Format::letter(record, &self.sink, why, now(), &mut line);
        line
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}
