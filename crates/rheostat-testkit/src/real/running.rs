//! A server that runs, and can go and come back at the same place.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Server, eventually};

/// How to see that it is there.
type Ready = Box<dyn Fn() -> bool + Send>;

/// A server in a folder of its own, on a port of its own.
pub struct Running {
    /// Host and port of what it is for.
    pub address: String,
    server: Option<Server>,
    command: Command,
    ready: Ready,
    folder: TempDir,
}

impl Running {
    /// Starts it, and waits until it is ready.
    ///
    /// # Panics
    ///
    /// Where it is not within a minute.
    pub fn start(
        address: String,
        mut command: Command,
        folder: TempDir,
        ready: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut running = Self {
            address,
            server: None,
            command,
            ready: Box::new(ready),
            folder,
        };
        running.start_again();
        running
    }

    /// Starts it at the same place, with what it kept.
    ///
    /// # Panics
    ///
    /// Where it is not ready within a minute.
    pub fn start_again(&mut self) {
        self.server = Some(Server::start(&mut self.command));
        eventually("the server is ready", &self.ready);
    }

    /// Ends it as by `kill -9`.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Asks it to end, and waits until it did.
    ///
    /// # Panics
    ///
    /// Where it does not.
    pub fn end(&mut self) {
        if let Some(server) = self.server.take() {
            server.end();
        }
    }

    /// Sends it a signal by its name, such as `STOP` and `CONT`.
    ///
    /// # Panics
    ///
    /// Where it does not run.
    pub fn signal(&self, name: &str) {
        self.server.as_ref().expect("it runs").signal(name);
    }

    /// A file or folder in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
