//! What the tests of one run left out, by their own account.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{Failure, process};

/// The file that tests write a line to for each thing they miss.
pub(super) struct Skipped {
    file: PathBuf,
}

impl Skipped {
    /// Starts with an empty account.
    pub(super) fn begin() -> Result<Self, Failure> {
        let folder = process::target();
        let file = folder.join("skipped-tests.txt");
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&file, ""))
            .map_err(|source| {
                Failure::io(format_args!("cannot write {}", file.display()), &source)
            })?;
        Ok(Self { file })
    }

    /// Where tests write.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The account in words.
    pub(super) fn summary(&self) -> Result<String, Failure> {
        let text = std::fs::read_to_string(&self.file).map_err(|source| {
            Failure::io(format_args!("cannot read {}", self.file.display()), &source)
        })?;
        Ok(summary(&text))
    }
}

fn summary(text: &str) -> String {
    let lines: BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return "every test was run, none was skipped".to_owned();
    }
    let list: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
    let all = "RHEOSTAT_TEST_INSTALL=1 cargo xtask test installs all of it";
    format!(
        "skipped, because something is missing here:\n{}\n{all}",
        list.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_skipped_test_is_named_once() {
        let said = summary("b: promtool\na: prometheus\nb: promtool\n");
        assert!(
            said.contains(":\n  a: prometheus\n  b: promtool\n"),
            "{said}"
        );
    }

    #[test]
    fn a_complete_run_says_so() {
        assert_eq!(summary(""), "every test was run, none was skipped");
    }
}
