//! The schema accepts what the check accepts, and refuses what is broken in structure.

mod support;

use rheostat_policy::{MapEnvironment, check, first_party, schema};
use serde_json::Value;
use support::{Validator, as_json};

fn schema() -> Value {
    serde_json::from_str(&schema::json(&first_party::vocabulary())).expect("the schema is JSON")
}

fn fixtures() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut out: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .filter_map(|path| {
            let name = path.file_stem()?.to_string_lossy().into_owned();
            Some((name, std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    out.sort();
    out
}

#[test]
fn a_policy_that_passes_the_check_is_valid() {
    let schema = schema();
    let env = MapEnvironment::new().with_var("FLAG", "true");
    let mut valid = 0;
    for (name, text) in fixtures() {
        let checked = check(text.as_bytes(), &name, &first_party::vocabulary(), &env);
        if checked.policy.is_none() {
            continue;
        }
        valid += 1;
        let instance = as_json(&text).expect("it is TOML");
        let faults = Validator::new(&schema).faults(&instance);
        assert!(faults.is_empty(), "{name}: {}", faults.join("; "));
    }
    assert!(valid > 20, "only {valid} fixtures pass the check");
}

#[test]
fn a_policy_that_is_refused_for_later_only_is_valid() {
    let schema = schema();
    for (name, text) in fixtures() {
        if name.starts_with("RH900") {
            let instance = as_json(&text).expect("it is TOML");
            let faults = Validator::new(&schema).faults(&instance);
            assert!(faults.is_empty(), "{name}: {}", faults.join("; "));
        }
    }
}

#[test]
fn a_policy_that_is_broken_in_structure_is_not_valid() {
    const STRUCTURE: [&str; 13] = [
        "RH007", "RH008", "RH010", "RH017", "RH022", "RH024", "RH101", "RH102", "RH103", "RH122",
        "RH507", "RH510", "RH514",
    ];
    let schema = schema();
    let mut broken = 0;
    for (name, text) in fixtures() {
        // JSON knows no dates, so one in quotes is as good as one without; nor does it try a pattern,
        // or look for a login inside of an address.
        let beyond = name.ends_with("quoted-date")
            || name.contains("-login-")
            || name == "RH510-bad-redaction-empty";
        if !STRUCTURE.contains(&&name[..5]) || beyond {
            continue;
        }
        let Some(instance) = as_json(&text) else {
            continue;
        };
        broken += 1;
        assert!(
            !Validator::new(&schema).faults(&instance).is_empty(),
            "{name} is valid"
        );
    }
    assert!(
        broken > 25,
        "only {broken} fixtures are broken in structure"
    );
}

#[test]
fn the_validator_reads_every_word_of_the_schema() {
    let schema = schema();
    let unknown = Validator::new(&schema).unknown_words();
    assert!(unknown.is_empty(), "{}", unknown.join(", "));
}
