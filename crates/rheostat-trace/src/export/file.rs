//! OTLP JSON in a file: one request a line, as the OpenTelemetry file format says.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::exporter::Answer;

/// A file that gets a line for each batch.
pub(super) struct FileExporter {
    path: PathBuf,
    file: File,
}

/// Opens the file for appending, and makes it where there is none.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

impl FileExporter {
    pub(super) fn new(path: &Path) -> Result<Self, String> {
        let file = open(path).map_err(|error| error.to_string())?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    pub(super) fn export(&mut self, request: &ExportTraceServiceRequest) -> Answer {
        let mut line = match serde_json::to_vec(request) {
            Ok(line) => line,
            Err(error) => {
                return Answer::Refused {
                    why: error.to_string(),
                };
            }
        };
        line.push(b'\n');
        match self.write(&line) {
            Ok(()) => Answer::Delivered {
                refused: 0,
                why: None,
            },
            Err(error) => Answer::Later {
                after: None,
                why: error.to_string(),
            },
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.was_moved() {
            self.file = open(&self.path)?;
        }
        let before = self.file.metadata()?.len();
        self.file.write_all(line).inspect_err(|_| {
            // Half a line would spoil the next one: a full disk must not make the rest unreadable. Where this
            // fails too there is nothing left to try.
            let _ = self.file.set_len(before);
        })
    }

    /// Whether somebody moved the file away, as those who rotate files do.
    #[cfg(unix)]
    fn was_moved(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;

        let same = |open: &std::fs::Metadata, there: &std::fs::Metadata| {
            open.ino() == there.ino() && open.dev() == there.dev()
        };
        match (self.file.metadata(), std::fs::metadata(&self.path)) {
            (Ok(open), Ok(there)) => !same(&open, &there),
            (_, Err(_)) => true,
            (Err(_), _) => false,
        }
    }

    #[cfg(not(unix))]
    fn was_moved(&self) -> bool {
        !self.path.exists()
    }
}
