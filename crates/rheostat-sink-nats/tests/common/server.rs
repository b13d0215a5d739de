//! A real `nats-server` of a test's own: on a free port, in a folder of its own.

use std::fs;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use rheostat_testkit::real::{Need, Server, eventually, free_port};
use tempfile::TempDir;

pub const NATS: Need = Need::File("/usr/sbin/nats-server", "nats-server");
pub const OPENSSL: Need = Need::Program("openssl", "version", "openssl");

/// The seed of a user's key, and the key that a server knows it by; made for these tests.
pub const SEED: &str = "SUAKU5UAIDFPGQ7SGADBO3LSO45WIM4LYGZGYZDFUWXRNVPBZ43NWV5XPI";
pub const KEY: &str = "UBEGVZPZFBHML57S4KBKCCSNM6OTYGBN2NE534M3L2WZE4MED6XMTZ6N";

/// A server with JetStream.
pub struct Nats {
    pub address: String,
    pub folder: TempDir,
    pub server: Option<Server>,
}

impl Nats {
    /// Started with whatever else stands in its configuration.
    pub fn start(config: &str) -> Self {
        Self::start_with(|_| config.to_owned())
    }

    /// The same where the configuration names files of its folder, which are made first.
    pub fn start_with(config: impl FnOnce(&TempDir) -> String) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let port = free_port();
        let whole = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{}\" }}\n{}",
            folder.path().join("data").display(),
            config(&folder)
        );
        fs::write(folder.path().join("nats.conf"), whole).expect("the folder is ours");
        let mut nats = Self {
            address: format!("127.0.0.1:{port}"),
            folder,
            server: None,
        };
        nats.go();
        nats
    }

    /// Runs, or runs again at the same place with what it kept.
    pub fn go(&mut self) {
        let mut command = Command::new("/usr/sbin/nats-server");
        command
            .arg("-c")
            .arg(self.folder.path().join("nats.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.server = Some(Server::start(&mut command));
        eventually("the server listens", || {
            TcpStream::connect(&self.address).is_ok()
        });
    }

    /// Ends as by `kill -9`.
    pub fn kill(&mut self) {
        self.server = None;
    }

    pub fn signal(&self, name: &str) {
        self.server.as_ref().expect("it runs").signal(name);
    }
}
