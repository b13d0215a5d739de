//! What of an event or a span reaches a file, as the policy says.

mod common;

use common::output::Program;
use common::{Folder, lines};
use serde_json::{Value, json};

/// Runs a program whose rule is this one, and returns its records.
fn records(rule: &str, program: impl FnOnce()) -> Vec<Value> {
    under("", rule, program)
}

/// The same with more at the top of the policy.
fn under(top: &str, rule: &str, program: impl FnOnce()) -> Vec<Value> {
    let folder = Folder::new();
    let path = folder.at("records.jsonl");
    let running = Program::new();
    running.apply(&format!(
        "version = 1\n{top}\n[sinks.s]\ntype = \"file\"\npath = {path:?}\n\n[[rules]]\n\
         name = \"r\"\nmatch = {{ target = \"records\" }}\n{rule}\n"
    ));
    running.run(program);
    let shown = lines(&path);
    shown
        .iter()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn an_event_arrives_with_its_fields_message_and_place() {
    let records = records("stream = { sink = \"s\" }", || {
        tracing::info!(target: "records", user = 7_u64, name = "x", ok = true, "logged in");
    });
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["level"], "info");
    assert_eq!(record["target"], "records");
    assert_eq!(record["kind"], "event");
    assert_eq!(record["message"], "logged in");
    assert_eq!(
        record["fields"],
        json!({ "user": 7, "name": "x", "ok": true })
    );
    assert_eq!(record["rule"], "r");
    assert_eq!(record["weight"], 1);
    assert!(record["file"].as_str().unwrap().ends_with("records.rs"));
    assert!(record["time"].as_str().unwrap().starts_with("20"));
}

#[test]
fn enclosing_spans_come_outermost_first_with_fields_that_are_kept() {
    let rule = "within = { span = \"inner\" }\nstream = { sink = \"s\", span_fields = [\"tenant\", \"late\"] }";
    let records = records(rule, || {
        let outer = tracing::info_span!(target: "records", "outer", tenant = "acme");
        let _outer = outer.enter();
        let inner = tracing::info_span!(target: "records", "inner", late = tracing::field::Empty, other = 1);
        let _inner = inner.enter();
        inner.record("late", 5);
        tracing::info!(target: "records", "now");
    });
    let spans = records[0]["spans"].as_array().unwrap();
    let shown: Vec<_> = spans
        .iter()
        .map(|span| (&span["name"], &span["fields"]))
        .collect();
    assert_eq!(
        shown,
        [
            (&json!("outer"), &json!({ "tenant": "acme" })),
            (&json!("inner"), &json!({ "late": 5 })),
        ]
    );
    assert_ne!(spans[0]["id"], spans[1]["id"]);
    assert_eq!(spans[0]["id"].as_str().unwrap().len(), 16);
}

#[test]
fn a_span_is_one_record_at_its_close_with_its_timings() {
    let rule = "stream = { sink = \"s\", where = \"@kind == 'span'\", on = \"close\" }";
    let folder = Folder::new();
    let path = folder.at("records.jsonl");
    let running = Program::new();
    running.apply(&format!(
        "version = 1\n[sinks.s]\ntype = \"file\"\npath = {path:?}\n\n[[rules]]\nname = \"r\"\n\
         match = {{ target = \"records\", span = \"work\" }}\n{rule}\n"
    ));
    running.run(|| {
        let span = tracing::info_span!(target: "records", "work", n = 1);
        drop(span.enter());
    });
    let record: Value = serde_json::from_str(&lines(&path)[0]).unwrap();
    assert_eq!(record["kind"], "span");
    assert_eq!(record["name"], "work");
    assert_eq!(record["phase"], "close");
    assert_eq!(record["fields"], json!({ "n": 1 }));
    let (duration, busy) = (&record["duration_ns"], &record["busy_ns"]);
    assert!(
        duration.as_u64() >= busy.as_u64() && busy.is_u64(),
        "{record}"
    );
    assert_eq!(lines(&path).len(), 1);
}

#[test]
fn only_chosen_fields_are_carried_and_some_under_new_names() {
    let rule = "stream = { sink = \"s\", fields = [\"user*\"], rename = { account = \"user\" } }";
    let records = records(rule, || {
        tracing::info!(target: "records", user = 7, user_agent = "x", other = 1);
    });
    assert_eq!(
        records[0]["fields"],
        json!({ "account": 7, "user_agent": "x" })
    );
}

#[test]
fn a_class_names_the_record_and_constant_labels_join_its_fields() {
    let top = "[defaults]\nconst_labels = { service = \"shop\" }";
    let records = under(
        top,
        "stream = { sink = \"s\", class = \"ereport.io.disk\" }",
        || {
            tracing::info!(target: "records", n = 1);
        },
    );
    assert_eq!(records[0]["name"], "ereport.io.disk");
    assert_eq!(records[0]["fields"], json!({ "n": 1, "service": "shop" }));
}

#[test]
fn redacted_fields_are_hidden_however_the_policy_says() {
    let top = "[defaults]\nredact = [\"password\", \
               { field = \"token\", with = \"remove\" }, { field = \"user\", with = \"hash\" }, \
               { pattern = '\\d{4}-\\d{4}', with = \"****\" }]";
    let records = under(top, "stream = { sink = \"s\" }", || {
        tracing::info!(
            target: "records", password = "secret", token = "secret", user = "ann",
            card = "1234-5678", "paid with 1234-5678"
        );
    });
    let fields = &records[0]["fields"];
    assert_eq!(fields["password"], "[redacted]");
    assert_eq!(fields["card"], "****");
    assert_eq!(records[0]["message"], "paid with ****");
    assert!(fields.get("token").is_none());
    let hash = fields["user"].as_str().unwrap();
    assert!(hash.len() == 8 && hash != "ann", "{hash}");
    assert!(!records[0].to_string().contains("secret"));
}

#[test]
fn a_message_can_be_redacted_by_its_name() {
    let top = "[defaults]\nredact = [\"message\"]";
    let records = under(top, "stream = { sink = \"s\" }", || {
        tracing::info!(target: "records", "the secret");
    });
    assert_eq!(records[0]["message"], "[redacted]");
}

#[test]
fn a_sink_hides_more_than_the_policy_does() {
    let top = "[defaults]\nredact = [\"password\"]\n[sinks.s]\nredact = [\"user\"]";
    let folder = Folder::new();
    let path = folder.at("records.jsonl");
    let running = Program::new();
    running.apply(&format!(
        "version = 1\n{top}\ntype = \"file\"\npath = {path:?}\n[[rules]]\nname = \"r\"\n\
         match = {{ target = \"records\" }}\nstream = {{ sink = \"s\" }}\n"
    ));
    running.run(|| tracing::info!(target: "records", password = "p", user = "u", n = 1));
    let record: Value = serde_json::from_str(&lines(&path)[0]).unwrap();
    let hidden = json!({ "password": "[redacted]", "user": "[redacted]", "n": 1 });
    assert_eq!(record["fields"], hidden);
}

#[test]
fn a_field_of_an_enclosing_span_is_redacted_too() {
    let top = "[defaults]\nredact = [\"token\"]";
    let rule = "within = { span = \"outer\" }\n\
                stream = { sink = \"s\", span_fields = [\"token\", \"n\"] }";
    let records = under(top, rule, || {
        let outer = tracing::info_span!(target: "records", "outer", token = "secret", n = 1);
        let _outer = outer.enter();
        tracing::info!(target: "records", "now");
    });
    let fields = &records[0]["spans"][0]["fields"];
    assert_eq!(*fields, json!({ "token": "[redacted]", "n": 1 }));
}

#[test]
fn long_values_are_cut_and_marked() {
    let records = under(
        "[defaults]\nmax_value = \"16B\"",
        "stream = { sink = \"s\" }",
        || {
            tracing::info!(target: "records", long = "0123456789abcdefghij", short = "0123456789abcdef");
        },
    );
    assert_eq!(
        records[0]["fields"],
        json!({ "long": "0123456789abc…", "short": "0123456789abcdef" })
    );
}

#[test]
fn a_sampled_record_carries_its_weight() {
    let records = records("stream = { sink = \"s\", sample = 0.1 }", || {
        for _ in 0..400 {
            tracing::info!(target: "records", "tick");
        }
    });
    assert!(!records.is_empty());
    assert!(records.iter().all(|record| record["weight"] == 10));
}

#[test]
fn the_most_generous_rule_decides_and_a_sink_gets_a_record_once() {
    let rule = "stream = { sink = \"s\", every = \"1h\" }\n\n[[rules]]\nname = \"all\"\n\
                match = { target = \"records\" }\nstream = { sink = \"s\" }";
    let records = records(rule, || {
        for _ in 0..3 {
            tracing::info!(target: "records", "tick");
        }
    });
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record["rule"] == "all"));
}

#[test]
fn a_log_shows_the_level_that_the_action_says() {
    let records = records("log = { sink = \"s\", level = \"error\" }", || {
        tracing::info!(target: "records", "odd");
    });
    assert_eq!(records[0]["level"], "error");
}
