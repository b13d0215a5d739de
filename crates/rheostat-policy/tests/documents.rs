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

/// What stands between these in a page of a sink is generated.
const TABLE: (&str, &str) = ("<!-- keys of ", "<!-- end of keys -->");

#[test]
fn the_pages_of_sinks_have_the_keys_that_the_definitions_say() {
    let vocabulary = first_party::vocabulary();
    for page in pages() {
        let text = std::fs::read_to_string(docs(&page)).expect("a page can be read");
        let (before, rest) = text.split_once(TABLE.0).expect("a page has a table");
        let (name, rest) = rest
            .split_once(" -->\n")
            .expect("a table says of which sink");
        let (_, after) = rest.split_once(TABLE.1).expect("a table ends");
        let def = vocabulary.sink(name).expect("a page is of a sink");
        let table = reference::keys(&def.keys);
        let (begin, end) = TABLE;
        let whole = format!("{before}{begin}{name} -->\n{table}{end}{after}");
        compare(&page, &whole);
    }
}

#[test]
fn every_example_of_the_pages_of_sinks_is_accepted() {
    let environment = MapEnvironment::new()
        .with_var("PASSWORD", "hush")
        .with_var("TOKEN", "hush");
    for page in pages() {
        let text = std::fs::read_to_string(docs(&page)).expect("a page can be read");
        for block in text.split("```toml\n").skip(1) {
            let (block, _) = block.split_once("```").expect("a block ends");
            let policy = format!("version = 1\n{block}");
            let vocabulary = first_party::vocabulary();
            let checked = check(policy.as_bytes(), &page, &vocabulary, &environment);
            let found = checked.diagnostics;
            assert!(checked.policy.is_some(), "{page}: {policy}\n{found}");
        }
    }
}

/// The pages of sinks, as `docs` names them.
fn pages() -> Vec<String> {
    let folder = std::fs::read_dir(docs("sinks")).expect("there are pages of sinks");
    let mut pages: Vec<String> = folder
        .map(|entry| entry.expect("a folder can be read").file_name())
        .map(|name| format!("sinks/{}", name.to_string_lossy()))
        .filter(|page| page.ends_with(".md") && !page.ends_with("README.md"))
        .collect();
    pages.sort();
    pages
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
