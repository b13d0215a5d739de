//! A policy for a program with outputs and sinks of its own, checked where that program does not run.

mod command;

use command::{assert_shown, rheostat};
use rheostat_example_output::{Board, BoardOutput};
use rheostat_example_sink::CsvFactory;

const POLICY: &str = r#"version = 1
[sinks.table]
type = "csv"
path = "table.csv"
[[rules]]
match = { target = "post_office", event = "*" }
board = { slot = "queue", of = "length" }
stream = { sink = "table" }
"#;

#[test]
fn what_a_program_links_is_known_by_the_vocabulary_that_it_writes() {
    let here = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(here.path().join(name), text).expect("the folder is ours");
    };
    write("p.toml", POLICY);
    let (code, shown) = rheostat(here.path(), &["check", "p.toml"]);
    assert_eq!(code, Some(1), "{shown}");
    assert_shown(&shown, &["`board`", "`csv`"]);

    let built = rheostat::builder()
        .output(BoardOutput(Board::default()))
        .sink(CsvFactory)
        .try_build();
    let (_subscriber, guard) = built.expect("without a policy nothing can be wrong");
    write("v.json", &guard.handle().vocabulary());
    let with = ["--vocabulary", "v.json"];
    let (code, shown) = rheostat(here.path(), &[&["check", "p.toml"], &with[..]].concat());
    assert_eq!(code, Some(0), "{shown}");
    let site = ["--callsite", "event target=post_office fields=length"];
    let explain = [&["explain", "p.toml"], &with[..], &site[..]].concat();
    let (_, shown) = rheostat(here.path(), &explain);
    assert_shown(&shown, &["does: board", "does: stream to table (csv)"]);
    let (_, shown) = rheostat(here.path(), &[&["schema"], &with[..]].concat());
    assert_shown(&shown, &["\"board\"", "\"csv\""]);

    write("p.toml", &POLICY.replace("slot", "slto"));
    let (code, shown) = rheostat(here.path(), &[&["check", "p.toml"], &with[..]].concat());
    assert_eq!(code, Some(1), "{shown}");
    assert_shown(&shown, &["`board` has no key `slto`"]);
}

#[test]
fn a_file_that_is_no_vocabulary_says_what_makes_one() {
    let here = tempfile::tempdir().expect("a folder");
    std::fs::write(here.path().join("v.json"), "[]").expect("the folder is ours");
    let (code, shown) = rheostat(here.path(), &["schema", "--vocabulary", "v.json"]);
    assert_eq!(code, Some(2), "{shown}");
    assert_shown(&shown, &["v.json is no vocabulary", "Handle::vocabulary"]);
}
