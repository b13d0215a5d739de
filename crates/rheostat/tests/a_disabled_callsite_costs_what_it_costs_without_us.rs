//! Instructions of a disabled `trace!`, counted by callgrind: with a policy without rules they are the same as
//! without Rheostat, however it is mounted.
//!
//! The test runs itself as a child under valgrind, once per mount; only the loop is counted.

use std::process::Command;

use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Registry, fmt};

const MOUNT: &str = "RHEOSTAT_TEST_MOUNT";
const TIMES: u64 = 10_000;
const EMPTY: &str = "version = 1";

/// Each mount, and what the same program is without it.
const PAIRS: [(&str, &str); 3] = [
    ("root", "registry, off"),
    ("over the stack", "stack alone"),
    ("layer", "registry alone"),
];

/// The loop that is counted, by its name.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn rheostat_counted_loop(times: u64) {
    for n in 0..times {
        tracing::trace!(target: "counted", n, "nobody wants this");
    }
}

fn stack() -> impl tracing::Subscriber + Send + Sync {
    Registry::default()
        .with(fmt::layer())
        .with(EnvFilter::new("warn"))
}

fn global(subscriber: impl tracing::Subscriber + Send + Sync) {
    tracing::subscriber::set_global_default(subscriber).expect("nothing is installed before");
}

/// Installs what the child was asked for, then runs the loop.
fn child(mount: &str) {
    let builder = rheostat::builder().policy_text(EMPTY);
    let guard = match mount {
        // Not just nothing: without any subscriber the macros may look for a logger instead.
        "registry, off" => {
            global(Registry::default().with(LevelFilter::OFF));
            None
        }
        "stack alone" => {
            global(stack());
            None
        }
        "registry alone" => {
            global(Registry::default().with(LevelFilter::INFO));
            None
        }
        "root" => Some(builder.init().expect("an empty policy applies")),
        "over the stack" => Some(
            builder
                .inner(stack())
                .init()
                .expect("an empty policy applies"),
        ),
        "layer" => {
            let builder = builder.recorder(rheostat::Recorder::None);
            let (layer, guard) = builder.layer().expect("an empty policy applies");
            global(Registry::default().with(layer).with(LevelFilter::INFO));
            guard.installed();
            Some(guard)
        }
        other => panic!("no mount is called {other}"),
    };
    rheostat_counted_loop(TIMES);
    drop(guard);
}

/// The instructions of the loop under this mount.
fn counted(mount: &str) -> u64 {
    let program = std::env::current_exe().expect("the test knows itself");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args([
            "--collect-atstart=no",
            "--toggle-collect=rheostat_counted_loop",
        ])
        .arg(program)
        .args([
            "--exact",
            "a_disabled_callsite_costs_what_it_costs_without_us",
        ])
        .env(MOUNT, mount)
        .output()
        .expect("valgrind was there a moment ago");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{mount} failed under valgrind:\n{report}"
    );
    report
        .lines()
        .find_map(|line| line.split("Collected :").nth(1))
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_else(|| panic!("valgrind printed no count for {mount}:\n{report}"))
}

#[test]
fn a_disabled_callsite_costs_what_it_costs_without_us() {
    if let Ok(mount) = std::env::var(MOUNT) {
        return child(&mount);
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        return skip("valgrind", "apt-get install valgrind");
    }
    for (mount, without) in PAIRS {
        let expected = counted(without);
        assert!(
            expected >= TIMES,
            "the loop was not counted: {expected} instructions"
        );
        assert_eq!(
            counted(mount),
            expected,
            "instructions with {mount} beside {without}"
        );
    }
}

/// Names what is skipped; where everything has to be there, that is a failure.
#[allow(clippy::print_stdout, reason = "a person who runs the test reads it")]
fn skip(part: &str, install: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "{part} is missing: {install}"
    );
    println!("SKIP: {part} is missing: {install}");
    if let Some(account) = std::env::var_os("RHEOSTAT_SKIPPED") {
        let line = format!("the cost of a disabled callsite: {part} ({install})\n");
        let file = std::fs::OpenOptions::new().append(true).open(account);
        let written =
            file.and_then(|mut file| std::io::Write::write_all(&mut file, line.as_bytes()));
        written.expect("the account of skipped tests can be written");
    }
}
