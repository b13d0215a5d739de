//! Each secret that any sink can have, given to a program in trouble: nothing that it shows or leaves behind holds it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use rheostat_faults::canary::{IN_FORCE, SHOWN};
use rheostat_faults::echo::{Echo, Says};
use rheostat_policy::first_party;
use rheostat_policy::vocabulary::RecordClass;
use rheostat_testkit::secrets::{self, CANARY, VARIABLE, WithSecret};
use tempfile::TempDir;

fn policy(secret: &WithSecret, at: &str, folder: &Path) -> String {
    let takes = |class| secret.takes.contains(&class);
    let mut keys = secret.keys(at, folder);
    let mut actions = "count = { metric = 'faults_total' }\nlog = { sink = 'lines' }\n".to_owned();
    if takes(RecordClass::Events) {
        keys.push_str(&format!(
            "\nbatch = {{ records = 5, every = '5ms' }}\ndead_letter = '{}'\n\
             buffer = {{ memory = '64KiB', disk = '4MiB', dir = '{}', fsync = 'never' }}",
            folder.join("letters.jsonl").display(),
            folder.join("spool").display()
        ));
        actions.push_str("stream = { sink = 's' }\n");
    }
    if takes(RecordClass::Metrics) {
        keys.push_str("\nmetrics_every = '20ms'");
    }
    format!(
        "version = 1\n[sinks.lines]\ntype = 'file'\npath = '{}'\nformat = 'json'\n\
         [sinks.s]\n{keys}\ntimeout = '200ms'\nretry = {{ first = '5ms', max = '20ms' }}\n\
         [[rules]]\nname = 'r'\nmatch = {{ target = 'faults', event = '*' }}\n{actions}",
        folder.join("lines.jsonl").display()
    )
}

/// All that a program with this policy shows, on its outputs and in its folder.
fn shown(secret: &WithSecret, says: Says, kill: bool) -> String {
    let folder = TempDir::new().expect("a folder can be made");
    let echo = Echo::start(says);
    let text = policy(secret, &echo.address, folder.path());
    std::fs::write(folder.path().join("policy.toml"), &text).expect("the folder is ours");
    let errors = std::fs::File::create(folder.path().join("errors")).expect("the folder is ours");
    let mut child = Command::new(env!("CARGO_BIN_EXE_rheostat-faults"))
        .arg("canary")
        .arg(folder.path())
        .arg(if kill { "wait" } else { "end" })
        .env(VARIABLE, CANARY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("it has one"));
    let mut all = Vec::new();
    if kill {
        while !all.ends_with(format!("{SHOWN}\n").as_bytes())
            && output
                .read_until(b'\n', &mut all)
                .is_ok_and(|read| read > 0)
        {}
        child.kill().expect("it runs, or has ended");
    }
    output.read_to_end(&mut all).expect("it can be read");
    child.wait().expect("it has ended");
    let mut all = String::from_utf8_lossy(&all).into_owned();
    assert!(all.contains("environment: "), "it shows nothing: {all}");
    left_in(folder.path(), &mut all);
    // Where the policy is not in force, nothing was tried. A key of NATS's own kind is looked at before that.
    let tried = all.contains(IN_FORCE) || secret.key == "nkey";
    let key = &secret.key;
    assert!(tried, "{}.{key}: {text}\n{all}", secret.sink);
    all
}

fn left_in(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).expect("it can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            left_in(&path, all);
        } else if let Ok(bytes) = std::fs::read(&path) {
            all.push_str(&format!("\n== {}\n", entry.file_name().to_string_lossy()));
            all.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}

/// Every secret of every sink under one fault; how many programs had to hide what a server quoted.
fn none_shows(says: Says, kill: bool) -> usize {
    let all = secrets::all(&first_party::vocabulary());
    let sinks: BTreeSet<&str> = all.iter().map(|secret| secret.sink).collect();
    assert!(sinks.len() >= 5, "the sinks with secrets: {sinks:?}");
    let mut quoted = 0;
    for secret in &all {
        let shown = shown(secret, says, kill);
        if let Some(found) = secrets::shown_in(&shown) {
            let key = &secret.key;
            panic!("{}.{key} shows under {says:?}: {found}", secret.sink);
        }
        quoted += usize::from(shown.contains("<secret>"));
    }
    quoted
}

#[test]
fn where_nobody_listens() {
    none_shows(Says::Nothing, false);
}

#[test]
fn where_connections_are_reset() {
    none_shows(Says::Reset, false);
}

#[test]
fn where_a_server_quotes_the_login_it_refuses() {
    let quoted = none_shows(Says::Denied, false);
    assert!(quoted >= 10, "a server's words are read: {quoted}");
}

#[test]
fn where_a_server_quotes_the_request_it_cannot_read() {
    let quoted = none_shows(Says::Bad, false);
    assert!(quoted >= 10, "a server's words are read: {quoted}");
}

#[test]
fn where_the_program_is_killed() {
    none_shows(Says::Denied, true);
}
