//! The sinks `stdout` and `stderr`, in a process of their own.

mod common;

use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::{Command, Stdio};

use common::{numbers, start};
use rheostat_core::ledger::Cause;
use rustix::stdio::dup2_stdout;

/// What the child does, where it is one.
const ROLE: &str = "RHEOSTAT_TEST_ROLE";

fn child(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["as_a_child", "--exact", "--nocapture", "--quiet"])
        .env(ROLE, role)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The records among what a child wrote; the test runner's own lines are no JSON.
fn records(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let json = text.lines().filter(|line| line.starts_with('{'));
    json.map(str::to_owned).collect()
}

/// What the child says at its end about the records it offered.
fn account(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().find(|line| line.starts_with("account "));
    line.unwrap_or_else(|| panic!("no account in {text}"))
        .to_owned()
}

#[test]
fn as_a_child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let keys = "retry = { first = \"1ms\", max = \"2ms\", for = \"20ms\" }\ntimeout = \"20ms\"\n\
                batch = { every = \"1ms\" }";
    // The test runner says things of its own there, and would not survive this.
    let own = std::io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .expect("a copy");
    let mut unread = None;
    match role.as_str() {
        "slow" => {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            unread = Some(reader);
            dup2_stdout(writer).expect("in its place");
        }
        "gone" => {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            dup2_stdout(writer).expect("in its place");
        }
        "full" => {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
            dup2_stdout(full.expect("it exists")).expect("in its place");
        }
        _ => {}
    }
    let ty = if role == "stderr" {
        "stderr\"\nformat = \"json"
    } else {
        "stdout"
    };
    let running = start(&format!("type = \"{ty}\"\n{keys}"));
    let padding = if role == "slow" {
        "p".repeat(1000)
    } else {
        String::new()
    };
    let offered = if role == "slow" { 2000 } else { 500 };
    running.feed.put_padded(0..offered, &padding);
    let report = running.queues.flush(common::LONG);
    let account = &running.feed.account;
    eprintln!(
        "account delivered={} lost={} waiting={}",
        account.get(Cause::Delivered),
        running.feed.lost(),
        report.waiting.len()
    );
    dup2_stdout(own).expect("back in its place");
    if let Some(mut reader) = unread {
        let mut arrived = Vec::new();
        reader
            .read_to_end(&mut arrived)
            .expect("what was in the pipe");
        std::io::stderr()
            .write_all(&arrived)
            .expect("to the parent");
    }
}

#[test]
fn records_are_lines_on_standard_output() {
    let output = child("plain").output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(
        numbers(records(&output.stdout)),
        (0..500).collect::<Vec<_>>()
    );
    assert_eq!(
        account(&output.stderr),
        "account delivered=500 lost=0 waiting=0"
    );
}

#[test]
fn records_are_lines_on_standard_error() {
    let output = child("stderr").output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(
        numbers(records(&output.stderr)),
        (0..500).collect::<Vec<_>>()
    );
}

#[test]
fn a_reader_that_is_gone_ends_nothing_and_every_record_is_accounted_for() {
    let output = child("gone").output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(
        account(&output.stderr),
        "account delivered=0 lost=500 waiting=0"
    );
}

#[test]
fn a_reader_that_never_reads_holds_nothing_up_for_ever() {
    let output = child("slow").output().expect("it runs");
    assert!(output.status.success());
    let said = records(&output.stderr);
    // A line that was begun when the reader stopped was never ended.
    let whole = &said[..said.len() - usize::from(!said[said.len() - 1].ends_with('}'))];
    let account = account(&output.stderr);
    let arrived = numbers(whole).len() as u64;
    assert!(arrived > 0 && arrived < 2000, "{account}");
    let counts: Vec<u64> = account
        .split(['=', ' '])
        .filter_map(|word| word.parse().ok())
        .collect();
    assert_eq!(counts[0], arrived);
    assert_eq!(counts[0] + counts[1], 2000);
}

#[test]
fn a_full_device_behind_standard_output_is_counted() {
    let output = child("full").output().expect("it runs");
    assert_eq!(
        account(&output.stderr),
        "account delivered=0 lost=500 waiting=0"
    );
}
