//! A `nats-server` with JetStream.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{Need, Running, free_port};

/// What it takes.
pub const NATS: Need = Need::File("/usr/sbin/nats-server", "nats-server");

/// Started with whatever else stands in its configuration.
///
/// # Panics
///
/// Where it does not start.
pub fn nats(config: &str) -> Running {
    nats_with(|_| config.to_owned())
}

/// The same where the configuration names files of its folder, which are made first.
///
/// # Panics
///
/// Where it does not start.
pub fn nats_with(config: impl FnOnce(&Path) -> String) -> Running {
    let folder = TempDir::new().expect("a folder can be made");
    let address = format!("127.0.0.1:{}", free_port());
    let whole = format!(
        "listen: {address}\njetstream {{ store_dir: \"{}\" }}\n{}",
        folder.path().join("data").display(),
        config(folder.path())
    );
    let file = folder.path().join("nats.conf");
    fs::write(&file, whole).expect("the folder is ours");
    let mut command = Command::new("/usr/sbin/nats-server");
    command.arg("-c").arg(file);
    let listens = address.clone();
    Running::start(address, command, folder, move || {
        TcpStream::connect(&listens).is_ok()
    })
}
