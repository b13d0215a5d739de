//! How parent and child talk: a line each, over a socket of their own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;

pub(crate) struct Control(BufReader<UnixStream>);

impl Control {
    pub(crate) fn new(stream: UnixStream) -> Self {
        Self(BufReader::new(stream))
    }

    /// The next line; nothing where the other is gone.
    pub(crate) fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }

    pub(crate) fn say(&mut self, line: &str) {
        let said = self.0.get_mut().write_all(format!("{line}\n").as_bytes());
        said.expect("the other listens");
    }
}

/// A figure of this process's memory, in bytes.
pub(crate) fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
