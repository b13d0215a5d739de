//! Names that a program asks for, and that do not resolve until they are told to.
//!
//! The program runs in a mount namespace of its own, where `/etc/hosts` and
//! `/etc/nsswitch.conf` are files of ours: names come from the former alone,
//! so nothing is asked of any name server.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The name of the server.
pub(crate) const NAME: &str = "store.rheostat.test";
const NOBODY: &str = "127.0.0.1 localhost\n";
const MOUNTED: &str = "mount --bind \"$0/hosts\" /etc/hosts && \
                       mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf && exec \"$@\"";

/// The names of one program.
pub(crate) struct Names(TempDir);

impl Names {
    /// Names of which the server's is none.
    pub(crate) fn without() -> std::io::Result<Self> {
        let names = Self(TempDir::new()?);
        std::fs::write(names.file("nsswitch.conf"), "hosts: files\n")?;
        std::fs::write(names.file("hosts"), NOBODY)?;
        Ok(names)
    }

    /// From now on the server has its name.
    pub(crate) fn resolve(&self) -> std::io::Result<()> {
        // In place: it is this very file that is mounted.
        std::fs::write(self.file("hosts"), format!("{NOBODY}127.0.0.1 {NAME}\n"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a program under these names.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = unshare();
        command
            .args(["sh", "-c", MOUNTED])
            .arg(self.0.path())
            .arg(program);
        command
    }
}

/// With the rights of root where we have them, or as root of a namespace of our own.
fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    if !rustix::process::getuid().is_root() {
        command.arg("--map-root-user");
    }
    command
}

/// Whether this machine lets us.
pub(crate) fn can_be_ours() -> bool {
    let mut command = unshare();
    command
        .arg("true")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
