//! `rheostat check --memory`: the most memory that a policy can take, itemised.

mod command;

use command::{assert_shown, rheostat};
use serde_json::Value;

const POLICY: &str = r#"version = 1
[metrics.requests_total]
kind = "counter"
labels = { method = ["GET", "POST"], route = [] }
max_series = 400
[sinks.lake]
type = "file"
path = "lake.jsonl"
buffer = { memory = "8MiB" }
dead_letter = "refused.jsonl"
[[rules]]
match = { target = "shop" }
count = { metric = "requests_total", labels = ["method", "route"] }
[[rules]]
match = { target = "shop" }
stream = { sink = "lake" }
"#;

fn folder(policy: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("p.toml"), policy).expect("it is ours");
    folder
}

/// The bytes of a part, and of all.
fn bytes(policy: &str, part: &str, threads: &str) -> (u64, u64) {
    let here = folder(policy);
    let asked = [
        "check",
        "p.toml",
        "--memory",
        "--format",
        "json",
        "--threads",
    ];
    let (code, shown) = rheostat(here.path(), &[&asked[..], &[threads]].concat());
    assert_eq!(code, Some(0), "{shown}");
    let answer: Value = serde_json::from_str(&shown).expect("it is JSON");
    let memory = &answer["memory"];
    let parts = memory["parts"].as_array().expect("there are parts");
    let all = parts
        .iter()
        .map(|part| part["bytes"].as_u64().expect("a number"));
    assert_eq!(memory["bytes"].as_u64(), Some(all.sum()));
    let found = parts.iter().find(|found| found["part"] == part);
    let found = found.and_then(|found| found["bytes"].as_u64());
    (found.unwrap_or(0), memory["bytes"].as_u64().unwrap_or(0))
}

#[test]
fn each_part_is_named_with_how_it_is_reckoned() {
    let here = folder(POLICY);
    let (code, shown) = rheostat(
        here.path(),
        &["check", "p.toml", "--memory", "--threads", "7"],
    );
    assert_eq!(code, Some(0), "{shown}");
    let told = [
        "p.toml: fine, 2 rules",
        "with 7 threads that record",
        "series requests_total ",
        "501 series of ",
        "in 8 banks",
        "rings                     8.0 MiB",
        "queue lake               16.5 MiB  buffer.memory 8.0 MiB",
        "dead letters lake         1.0 MiB  one record",
        "spans ",
        "besides: some 350 bytes for each callsite",
    ];
    assert_shown(&shown, &told);
}

#[test]
fn what_a_policy_does_not_use_takes_nothing() {
    let (rings, all) = bytes("version = 1", "rings", "7");
    assert_eq!(rings, 0);
    assert!(all < 8 << 20, "{all}");
}

#[test]
fn a_higher_cap_or_more_threads_make_the_bound_grow() {
    let (few, _) = bytes(POLICY, "series", "7");
    let (more, _) = bytes(&POLICY.replace("400", "4000"), "series", "7");
    assert!(more > 9 * few, "{few} {more}");
    let (of_seven, _) = bytes(POLICY, "rings", "7");
    let (of_fifteen, _) = bytes(POLICY, "rings", "15");
    assert_eq!(of_fifteen, 2 * of_seven);
}

#[test]
fn closed_labels_bound_the_series_by_their_values() {
    let closed = POLICY.replace("route = []", "route = [\"/\", \"/orders\"]");
    let here = folder(&closed);
    let (_, shown) = rheostat(here.path(), &["check", "p.toml", "--memory"]);
    assert_shown(&shown, &["16 series of "]);
}
