//! The source tree as the rules see it: every text file that is, or could be, committed.

use std::path::Path;

use super::source::Source;
use crate::{Failure, process};

/// Every text file, read once.
pub(crate) struct Tree {
    files: Vec<TextFile>,
}

/// A file whose content is UTF-8.
pub(crate) struct TextFile {
    /// From the top of the tree, with slashes.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

impl Tree {
    /// Asks git for the files; ignored ones are none of ours.
    pub(crate) fn read() -> Result<Self, Failure> {
        let mut git = std::process::Command::new("git");
        git.args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(process::root());
        let listed = process::output(&mut git)?;
        let mut files = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file that git still lists and that is gone, or that is no text, has nothing to check.
            if let Ok(text) = std::fs::read_to_string(process::root().join(path)) {
                files.push(TextFile {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        Ok(Self { files })
    }

    /// A tree of files made up by a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| TextFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        Self {
            files: files.iter().map(file).collect(),
        }
    }

    /// All of them.
    pub(crate) fn files(&self) -> &[TextFile] {
        &self.files
    }

    /// The file of this path.
    pub(crate) fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Every Rust file, taken apart.
    pub(crate) fn sources(&self) -> Result<Vec<Source<'_>>, Failure> {
        let rust = self
            .files
            .iter()
            .filter(|file| Path::new(&file.path).extension().is_some_and(|e| e == "rs"));
        rust.map(Source::read).collect()
    }
}
