//! A program that writes an audit trail is killed at random moments and reloads its policy meanwhile; `rheostat verify`
//! finds the trail whole, and finds what is done to it.
#![cfg(unix)]

mod command;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use command::{assert_shown, rheostat};

const KILLS: u64 = 8;
const ROLE: &str = "RHEOSTAT_TRAIL_CHILD";
const NAME: &str = "a_trail_survives_kills_and_reloads_and_shows_who_was_at_it";

fn policy(folder: &Path, records: usize) -> String {
    let folder = folder.display();
    format!(
        "version = 1
        [sinks.audit]
        type = 'file'
        path = '{folder}/audit.jsonl'
        rotate = {{ size = '300kB', keep = 10_000 }}
        batch = {{ records = {records}, every = '2ms' }}
        buffer = {{ memory = '64KiB', disk = '1GiB', dir = '{folder}/spool' }}
        full = 'block'
        [[rules]]
        name = 'payments'
        match = {{ target = 'paid' }}
        stream = {{ sink = 'audit', durable = true }}"
    )
}

#[test]
fn a_trail_survives_kills_and_reloads_and_shows_who_was_at_it() {
    if let Ok(role) = std::env::var(ROLE) {
        return child(&role);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(std::process::id());
    for _ in 0..KILLS {
        let before = size(folder.path());
        let mut child = start(folder.path(), "fire");
        let until = Instant::now() + Duration::from_secs(60);
        while size(folder.path()) == before {
            assert!(Instant::now() < until, "the child delivers nothing");
            std::thread::sleep(Duration::from_millis(1));
        }
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let moment = Instant::now() + Duration::from_micros((random >> 33) % 200_000);
        while Instant::now() < moment {
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().expect("it runs");
        child.wait().expect("it was killed");
    }
    let mut last = start(folder.path(), "deliver");
    assert!(last.wait().expect("it ends").success());
    let files = trail(folder.path());
    let (code, shown) = verify(folder.path(), &files);
    assert_eq!(code, Some(0), "{shown}");
    assert_shown(&shown, &["fine: ", " ends with record "]);
    tamper(folder.path(), &files);
}

/// Takes one line out, then alters one character.
fn tamper(folder: &Path, files: &[String]) {
    // The first is the one that is written to, the second the oldest.
    let oldest = &files[1];
    let path = folder.join(oldest);
    let text = fs::read_to_string(&path).expect("it was written");
    let lines: Vec<&str> = text.lines().collect();
    let mut fewer = lines.clone();
    fewer.remove(2);
    fs::write(&path, fewer.join("\n") + "\n").expect("it is ours");
    let (code, shown) = verify(folder, files);
    assert_eq!(code, Some(1), "{shown}");
    let place = format!("{oldest}:3: chain ");
    assert_shown(&shown, &[&place, ": record 2 is missing before this line"]);

    let altered = text.replacen("\"number\":3,", "\"number\":4,", 1);
    assert_ne!(altered, text);
    fs::write(&path, altered).expect("it is ours");
    let (code, shown) = verify(folder, files);
    assert_eq!(code, Some(1), "{shown}");
    assert_shown(&shown, &[" was altered: its hash is not that of the line"]);
}

fn verify(folder: &Path, files: &[String]) -> (Option<i32>, String) {
    let mut arguments = vec!["verify"];
    arguments.extend(files.iter().map(String::as_str));
    rheostat(folder, &arguments)
}

/// The trail's files as a shell names them: the one that is written to stands first.
fn trail(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).expect("it is there");
    let names = all.map(|entry| entry.expect("it can be listed").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with("audit.jsonl"))
        .collect();
    names.sort();
    names
}

fn size(folder: &Path) -> u64 {
    let files = trail(folder).into_iter().map(|name| folder.join(name));
    files
        .filter_map(|path: PathBuf| fs::metadata(path).ok())
        .map(|meta| meta.len())
        .sum()
}

fn start(folder: &Path, role: &str) -> Child {
    let this = std::env::current_exe().expect("a test knows its own program");
    let child = Command::new(this)
        .args(["--exact", NAME, "--nocapture"])
        .env(ROLE, format!("{role} {}", folder.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.expect("a test can start itself")
}

fn child(role: &str) {
    let (role, folder) = role.split_once(' ').expect("two words");
    let folder = Path::new(folder);
    let guard = rheostat::builder()
        .policy_text(policy(folder, 100))
        .init()
        .expect("the policy is valid");
    if role == "deliver" {
        let report = guard.shutdown(Duration::from_secs(120));
        assert!(report.is_complete(), "{report}");
        return;
    }
    for number in 0_u64.. {
        tracing::info!(target: "paid", number, to = "acme");
        if number % 50 == 49 {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        if number % 1000 == 999 {
            let records = 20 + (number / 1000 % 5) as usize * 40;
            guard
                .handle()
                .reload(&policy(folder, records))
                .expect("it is valid");
        }
    }
}
