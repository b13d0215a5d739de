//! Other people's programs: found, started, or skipped aloud.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something a test needs and that may not be installed.
pub(crate) enum Need {
    /// A program, and the Debian package it is in.
    Program(&'static str, &'static str),
    /// A Python module, and the package it is in.
    Module(&'static str, &'static str),
}

/// Whether everything is there. If not: by hand, says what is skipped and what
/// would install it; in CI, fails.
pub(crate) fn have(test: &str, needs: &[Need]) -> bool {
    let missing: Vec<String> = needs
        .iter()
        .filter(|need| !need.is_met())
        .map(Need::remedy)
        .collect();
    if missing.is_empty() {
        return true;
    }
    let line = format!("{test}: {}", missing.join(" && "));
    assert!(
        std::env::var_os("CI").is_none(),
        "CI skips nothing, and this is missing: {line}"
    );
    eprintln!("SKIP {line}");
    if let Some(account) = std::env::var_os("RHEOSTAT_SKIPPED") {
        let mut account = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(account)
            .unwrap();
        writeln!(account, "{line}").unwrap();
    }
    false
}

impl Need {
    fn is_met(&self) -> bool {
        let mut command = match self {
            Self::Program(program, _) => {
                let mut command = Command::new(program);
                command.arg("--version");
                command
            }
            Self::Module(module, _) => {
                let mut command = python();
                command.args(["-c", &format!("import {module}")]);
                command
            }
        };
        let quiet = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    fn remedy(&self) -> String {
        match self {
            Self::Program(_, package) => format!("apt-get install {package}"),
            Self::Module(_, package) => format!("pip install {package}"),
        }
    }
}

/// The Python that `cargo xtask test` prepared, or the system's.
pub(crate) fn python() -> Command {
    let mut command = match std::env::var_os("RHEOSTAT_PYTHON") {
        Some(python) => Command::new(python),
        None => Command::new("python3"),
    };
    command
        .stdin(Stdio::null())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// A script of `tests/py`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/py")
        .join(name)
}

/// Runs a script of `tests/py` on a text and returns what it prints.
pub(crate) fn read_with(name: &str, text: &str) -> String {
    let mut child = python()
        .arg(script(name))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{name} refused what it was given");
    String::from_utf8(output.stdout).unwrap()
}

/// A port that was free a moment ago, for programs that cannot choose one.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
