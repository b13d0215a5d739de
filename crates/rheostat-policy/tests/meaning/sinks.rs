//! Sinks: types, common keys, defaults, and which one an action feeds.

use rheostat_policy::model::{Arg, Redaction, RedactionWith};
use rheostat_policy::vocabulary::RecordClass;

use super::{checked, policy};

const RULE: &str = "[[rules]]\nmatch = { target = \"a\" }\n";

#[test]
fn stdout_and_stderr_exist_when_they_are_used() {
    let policy = policy(&format!("{RULE}stream = {{}}\nlog = {{}}\n"));
    let sinks: Vec<(&str, &str, Option<&str>)> = policy
        .sinks
        .iter()
        .map(|sink| (&*sink.name, sink.ty, sink.format))
        .collect();
    assert_eq!(
        sinks,
        [
            ("stdout", "stdout", Some("json")),
            ("stderr", "stderr", Some("pretty"))
        ]
    );
}

#[test]
fn what_a_sink_does_not_say_is_filled_in() {
    let policy = policy(
        "[sinks.f]\ntype = \"file\"\npath = \"x\"\nbuffer = { memory = \"1MiB\" }\n\
         [[rules]]\nmatch = { target = \"a\" }\nstream = { sink = \"f\" }\n",
    );
    let sink = &policy.sinks[0];
    let batch = sink.common.table("batch").expect("batch is there");
    assert_eq!(batch.integer("records"), Some(&512));
    assert_eq!(batch.size("bytes"), Some(&(1 << 20)));
    assert_eq!(batch.duration("every").map(|time| time.as_secs()), Some(1));
    let buffer = sink.common.table("buffer").expect("buffer is there");
    assert_eq!(buffer.size("memory"), Some(&(1 << 20)));
    let retry = sink.common.table("retry").expect("retry is there");
    assert_eq!(retry.duration("for").map(|time| time.as_secs()), Some(300));
    assert_eq!(
        sink.common.text("full").map(|word| &**word),
        Some("drop_new")
    );
    assert_eq!(sink.args.text("path").map(|path| &**path), Some("x"));
    assert_eq!(sink.args.text("mode").map(|mode| &**mode), Some("0640"));
    assert!(sink.args.get("batch").is_none() && sink.common.get("path").is_none());
    assert_eq!(sink.only, [RecordClass::Events, RecordClass::Logs]);
}

#[test]
fn what_waits_on_disk_has_a_folder_a_bound_and_a_dead_letter_file() {
    let policy = policy(
        "[sinks.f]\ntype = \"tcp\"\naddress = \"127.0.0.1:1\"\n\
         buffer = { memory = \"1MiB\", disk = \"1GiB\", dir = \"var/spool\", fsync = \"batch\" }\n\
         dead_letter = \"var/refused.jsonl\"\n\
         [[rules]]\nmatch = { target = \"a\" }\nstream = { sink = \"f\" }\nlog = {}\n",
    );
    let common = &policy.sinks[0].common;
    let buffer = common.table("buffer").expect("buffer is there");
    assert_eq!(buffer.size("disk"), Some(&(1 << 30)));
    assert_eq!(buffer.text("dir").map(|dir| &**dir), Some("var/spool"));
    assert_eq!(buffer.text("fsync").map(|word| &**word), Some("batch"));
    let dead = common.text("dead_letter").map(|path| &**path);
    assert_eq!(dead, Some("var/refused.jsonl"));

    let other = policy.sinks[1].common.table("buffer").expect("a default");
    assert!(other.get("disk").is_none() && other.get("dir").is_none());
    assert_eq!(other.text("fsync").map(|word| &**word), Some("1s"));
}

#[test]
fn the_defaults_name_sinks_for_actions() {
    let policy = policy(&format!(
        "[defaults]\nsink.stream = \"f\"\n[sinks.f]\ntype = \"file\"\npath = \"x\"\n{RULE}stream = {{}}\n"
    ));
    let id = policy.rules[0].actions[0].sink.expect("there is a sink");
    assert_eq!(&*policy.sinks[id.0 as usize].name, "f");
}

#[test]
fn the_only_sink_that_takes_spans_gets_the_traces() {
    let policy = policy(&format!(
        "[sinks.f]\ntype = \"file\"\npath = \"x\"\n[sinks.j]\ntype = \"otlp\"\nendpoint = \"http://h:4317\"\n\
         headers = {{ a = \"b\", token = {{ env = \"TOKEN\" }} }}\n{RULE}trace = {{}}\nlog = {{ sink = \"f\" }}\n"
    ));
    let id = policy.rules[0].actions[0].sink.expect("there is a sink");
    let sink = &policy.sinks[id.0 as usize];
    assert_eq!(&*sink.name, "j");
    let headers = sink.args.named("headers").expect("there are headers");
    assert!(matches!(&headers[0].1, Arg::Text(text) if &**text == "b"));
    assert!(matches!(&headers[1].1, Arg::Secret(secret) if secret.reveal() == "hush"));
}

#[test]
fn redact_has_three_forms() {
    let policy = policy(
        "[defaults]\nredact = [\"*token*\", { field = \"user\", with = \"hash\" }, { field = \"x\", with = \"remove\" }, { pattern = \"[0-9]{4}\", with = \"****\" }]\n",
    );
    let redact = &policy.defaults.redact;
    assert!(
        matches!(&redact[0], Redaction::Field(glob, RedactionWith::Text(text)) if glob.matches("a_token_b") && &**text == "[redacted]")
    );
    assert!(matches!(
        &redact[1],
        Redaction::Field(_, RedactionWith::Hash)
    ));
    assert!(matches!(
        &redact[2],
        Redaction::Field(_, RedactionWith::Remove)
    ));
    assert!(
        matches!(&redact[3], Redaction::Pattern(pattern, text) if pattern.0.is_match("1234") && &**text == "****")
    );
}

#[test]
fn a_name_close_to_that_of_a_sink_that_was_refused_is_offered() {
    let checked = checked(&format!(
        "[sinks.lake]\ntype = \"file\"\npath = 3\n{RULE}stream = {{ sink = \"lakes\" }}\n"
    ));
    let items = &checked.diagnostics.items;
    let unknown = items.iter().find(|item| item.code == "RH104");
    let helps = &unknown.expect("no sink has this name").helps;
    let offered = helps.first().and_then(|help| help.edit.as_ref());
    assert_eq!(offered.map(|edit| &*edit.with), Some("\"lake\""));
}
