//! The checked-in schema of records, held against what is written.

use regex::Regex;
use serde_json::{Map, Value};

use super::Format;
use super::Key;
use super::tests::{event, gap_text, json_line, span};

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/record.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema is there");
    serde_json::from_str(&text).expect("JSON")
}

/// What of the JSON Schema language the schema uses.
fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    for (word, says) in schema.as_object().into_iter().flatten() {
        let holds = match word.as_str() {
            "$ref" => {
                let name = says.as_str().and_then(|path| path.strip_prefix("#/$defs/"));
                check(
                    root,
                    &root["$defs"][name.expect("a local reference")],
                    value,
                )?;
                true
            }
            "oneOf" => {
                let all = says.as_array().expect("a list").iter();
                all.filter(|one| check(root, one, value).is_ok()).count() == 1
            }
            "type" => match says {
                Value::String(ty) => is_of(value, ty),
                types => types
                    .as_array()
                    .expect("a list")
                    .iter()
                    .any(|ty| is_of(value, ty.as_str().expect("a type"))),
            },
            "enum" => says.as_array().expect("a list").contains(value),
            "const" => says == value,
            "pattern" => {
                let pattern = Regex::new(says.as_str().expect("a text")).expect("a regex");
                pattern.is_match(value.as_str().expect("a text"))
            }
            "required" => {
                let mut names = says.as_array().expect("a list").iter();
                names.all(|name| value.get(name.as_str().expect("a name")).is_some())
            }
            "items" => {
                for item in value.as_array().expect("a list") {
                    check(root, says, item)?;
                }
                true
            }
            "properties" | "additionalProperties" => {
                check_members(root, schema, value.as_object().expect("a map"))?;
                true
            }
            "$schema" | "$defs" | "title" | "description" => true,
            other => return Err(format!("the test does not know `{other}`")),
        };
        if !holds {
            return Err(format!("{word}: {says} does not hold for {value}"));
        }
    }
    Ok(())
}

fn check_members(root: &Value, schema: &Value, map: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in map {
        match (
            schema["properties"].get(name),
            &schema["additionalProperties"],
        ) {
            (Some(known), _) => check(root, known, value)?,
            (None, Value::Object(_)) => check(root, &schema["additionalProperties"], value)?,
            (None, _) => return Err(format!("no key is named `{name}`")),
        }
    }
    Ok(())
}

fn is_of(value: &Value, ty: &str) -> bool {
    match ty {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        _ => false,
    }
}

#[test]
fn what_is_written_is_what_the_schema_says() {
    let schema = schema();
    let gap: Value = serde_json::from_str(&gap_text(Format::Json)).expect("JSON");
    for record in [json_line(&event()), json_line(&span()), gap] {
        assert_eq!(check(&schema, &schema, &record), Ok(()));
    }
}

#[test]
fn the_schema_refuses_what_is_never_written() {
    let schema = schema();
    for (key, value) in [
        ("time", Value::from("yesterday")),
        ("level", Value::from("INFO")),
        ("password", Value::from("x")),
        ("fields", Value::from(1)),
    ] {
        let mut record = json_line(&event());
        record[key] = value;
        assert!(check(&schema, &schema, &record).is_err(), "{key}");
    }
}

#[test]
fn the_schema_names_the_keys_in_the_order_in_which_they_are_written() {
    let schema = schema();
    let names = |of: &str| -> Vec<String> {
        let properties = schema["$defs"][of]["properties"].as_object();
        properties.expect("a map").keys().cloned().collect()
    };
    let written: Vec<_> = Key::ALL.iter().map(|key| key.as_str()).collect();
    let of_records: Vec<_> = written[..20].iter().copied().chain(["chain"]).collect();
    assert_eq!(names("record"), of_records);
    for (record, of) in [
        (json_line(&event()), "record"),
        (json_line(&span()), "record"),
    ] {
        let mut rest = names(of).into_iter();
        for key in record.as_object().expect("a map").keys() {
            assert!(rest.any(|name| name == *key), "`{key}` comes too late");
        }
    }
}
