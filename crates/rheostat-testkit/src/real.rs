//! Other people's programs, for tests against the real server: found, started, or skipped aloud.
//!
//! A test whose server is missing names itself and what would install it, in
//! the file that `RHEOSTAT_SKIPPED` names; in CI, where nothing may be skipped,
//! it fails. `RHEOSTAT_TEST_INSTALL=1 cargo xtask test` installs all of them.

pub mod ask;
pub mod nats;
mod rsyslog;
mod running;
pub mod servers;

use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub use rsyslog::{RSYSLOG, RSYSLOG_TLS, Rsyslog};
pub use running::Running;

/// Something a test needs and that may not be installed.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// A program that answers this option, and the Debian package it is in.
    Program(&'static str, &'static str, &'static str),
    /// A Python module, and the package it is in.
    Module(&'static str, &'static str),
    /// A package of npm, run by `node`.
    Npm(&'static str),
    /// A file, and the Debian package it is in.
    File(&'static str, &'static str),
}

/// Whether everything is there. If not, says what is skipped and what would install it.
///
/// # Panics
///
/// In CI, where something is missing.
pub fn have(test: &str, needs: &[Need]) -> bool {
    let missing: Vec<String> = needs
        .iter()
        .filter(|need| !need.is_met())
        .map(Need::remedy)
        .collect();
    if missing.is_empty() {
        return true;
    }
    skip(test, &missing.join(" && "));
    false
}

/// Says that a test is skipped for want of something.
///
/// # Panics
///
/// In CI.
#[expect(clippy::print_stderr, reason = "a person who runs the test reads it")]
pub fn skip(test: &str, for_want_of: &str) {
    let line = format!("{test}: {for_want_of}");
    assert!(
        std::env::var_os("CI").is_none(),
        "CI skips nothing, and this is missing: {line}"
    );
    eprintln!("SKIP {line}");
    if let Some(account) = std::env::var_os("RHEOSTAT_SKIPPED") {
        let account = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(account);
        let written = account.and_then(|mut account| writeln!(account, "{line}"));
        written.expect("the account of what is skipped can be written");
    }
}

impl Need {
    fn is_met(&self) -> bool {
        match self {
            Self::Program(program, option, _) => succeeds(Command::new(program).arg(option)),
            Self::Module(module, _) => succeeds(python().args(["-c", &format!("import {module}")])),
            Self::Npm(package) => {
                succeeds(Command::new("node").arg("--version")) && node_module(package).is_dir()
            }
            Self::File(path, _) => Path::new(path).exists(),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Program(_, _, package) | Self::File(_, package) => {
                format!("apt-get install {package}")
            }
            Self::Module(_, package) => format!("pip install {package}"),
            Self::Npm(package) => format!("npm install {package}"),
        }
    }
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The Python that `cargo xtask test` prepared, or the system's.
pub fn python() -> Command {
    let mut command = match std::env::var_os("RHEOSTAT_PYTHON") {
        Some(python) => Command::new(python),
        None => Command::new("python3"),
    };
    command
        .stdin(Stdio::null())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The folder of a package that `cargo xtask test` had npm install, or that is in `node_modules`.
pub fn node_module(package: &str) -> PathBuf {
    let modules = std::env::var_os("RHEOSTAT_NODE_MODULES");
    modules
        .map_or_else(|| PathBuf::from("node_modules"), PathBuf::from)
        .join(package)
}

/// A port that was free for TCP and UDP a moment ago, for programs that cannot choose one.
///
/// # Panics
///
/// Where no port is free.
pub fn free_port() -> u16 {
    for _ in 0..100 {
        let tcp = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = tcp.expect("a port is free");
        if UdpSocket::bind(address).is_ok() {
            return address.port();
        }
    }
    panic!("no port is free for both TCP and UDP");
}

/// A program that a test started; it ends with the test.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// Starts it without input.
    ///
    /// # Panics
    ///
    /// Where it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("cannot start {program}: {error}")))
    }

    /// Sends it a signal by its name, such as `STOP` and `CONT`.
    ///
    /// # Panics
    ///
    /// Where it has ended.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.0.id().to_string()])
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "cannot send {name} to the server"
        );
    }

    /// Asks it to end, and waits until it did.
    ///
    /// # Panics
    ///
    /// Where it does not end.
    pub fn end(mut self) {
        self.signal("TERM");
        let child = &mut self.0;
        eventually("the server ends when asked to", || {
            child.try_wait().expect("it can be waited for").is_some()
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; both calls then have nothing to do.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Waits until something holds; this long is only ever needed by a machine that does much else.
///
/// # Panics
///
/// If it does not hold within a minute.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < until, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
