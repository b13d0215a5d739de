//! The first screen of the README, carried out: its policy, its program, what
//! it shows, and what an edit changes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const README: &str = include_str!("../../../README.md");
const POLICY: &str = include_str!("../rheostat.toml");
const PROGRAM: &str = include_str!("../src/main.rs");

#[test]
fn the_readme_shows_the_policy_and_the_program_that_are_tested() {
    assert_eq!(block("toml"), POLICY);
    assert_eq!(block("rust"), PROGRAM);
}

#[test]
fn the_readme_shows_what_appears_before_and_after_the_edit() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let policy = POLICY.replace("9464", &port.to_string());
    std::fs::write(folder.path().join("rheostat.toml"), &policy).unwrap();
    let mut bakery = Bakery::open(folder.path());

    for kind in ["rye", "rye", "spelt", "white"] {
        bakery.bake(kind);
    }
    let shown: Vec<&str> = block("console")
        .lines()
        .filter(|line| line.starts_with("loaves"))
        .collect();
    assert!(!shown.is_empty());
    wait_for("the README's samples", || {
        (samples(port, "loaves") == shown).then_some(())
    });

    let edit = README
        .split("add `")
        .nth(1)
        .unwrap()
        .split('`')
        .next()
        .unwrap();
    std::fs::write(folder.path().join("rheostat.toml"), policy + edit + "\n").unwrap();
    wait_for("the edit to be in force", || {
        let generation = samples(port, "rheostat_policy_generation");
        let number: f64 = generation.first()?.split(' ').nth(1)?.parse().ok()?;
        (number > 1.0).then_some(())
    });
    bakery.bake("rye");
    assert_eq!(masked(&bakery.said()), masked(block("json").trim_end()));
}

/// The README's first block of this language.
fn block(language: &str) -> &'static str {
    let begun = README.split(&format!("```{language}\n")).nth(1).unwrap();
    begun.split("```").next().unwrap()
}

/// A record without what differs from run to run: its time, its callsite's line.
fn masked(record: &str) -> String {
    let mut masked = record.to_owned();
    for key in ["\"time\":\"", "\"line\":", "\"file\":\""] {
        if let Some(at) = masked.find(key).map(|at| at + key.len()) {
            let end = at + masked[at..].find(['"', ',', '}']).unwrap();
            masked.replace_range(at..end, "…");
        }
    }
    masked
}

/// The program of the README, with somebody at its keyboard.
struct Bakery {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Bakery {
    fn open(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bakery"));
        command
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn bake(&mut self, kind: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{kind}").unwrap();
    }

    fn said(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Bakery {
    fn drop(&mut self) {
        // It may have ended already; both calls then have nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The samples of a scrape whose names begin so; none while nobody listens.
fn samples(port: u16, name: &str) -> Vec<String> {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return Vec::new();
    };
    let request = "GET /metrics HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
        .lines()
        .filter(|line| line.starts_with(name))
        .map(str::to_owned)
        .collect()
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
