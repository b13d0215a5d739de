//! The reference and the schema are what the definitions say, and what they show is accepted.

use std::path::PathBuf;

use rheostat_policy::{MapEnvironment, check, first_party, reference, schema};

fn docs(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

fn compare(name: &str, generated: &str) {
    let path = docs(name);
    if std::env::var_os("RHEOSTAT_BLESS").is_some() {
        std::fs::write(&path, generated).expect("the document can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == generated,
        "docs/{name} is out of date; RHEOSTAT_BLESS=1 writes it anew"
    );
}

#[test]
fn the_schema_is_what_the_definitions_say() {
    compare(
        "policy.schema.json",
        &schema::json(&first_party::vocabulary()),
    );
}

#[test]
fn the_reference_is_what_the_definitions_say() {
    compare(
        "policy.md",
        &reference::markdown(&first_party::vocabulary()),
    );
}

#[test]
fn every_example_of_the_reference_is_accepted() {
    let text = reference::markdown(&first_party::vocabulary());
    let mut seen = 0;
    for block in text.split("```toml\n").skip(1) {
        let (block, _) = block.split_once("```").expect("a block ends");
        let mut policy = block.to_owned();
        if !policy.contains("version = 1") {
            policy.insert_str(0, "version = 1\n");
        }
        if policy.contains("sink = \"jaeger\"") {
            policy.push_str("[sinks.jaeger]\ntype = \"otlp\"\npath = \"spans.jsonl\"\n");
        }
        let checked = check(
            policy.as_bytes(),
            "reference",
            &first_party::vocabulary(),
            &MapEnvironment::new(),
        );
        assert!(
            checked.policy.is_some(),
            "{policy}\n{}",
            checked.diagnostics
        );
        seen += 1;
    }
    assert!(seen > 15, "only {seen} examples");
}
