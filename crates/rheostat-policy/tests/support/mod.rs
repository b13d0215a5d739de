//! A validator of the words of JSON Schema that our schema uses, and TOML as JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

/// A policy as JSON; dates are strings. `None`: it is not TOML.
pub(crate) fn as_json(text: &str) -> Option<Value> {
    let table = DeTable::parse(text).ok()?;
    Some(object(table.get_ref()))
}

fn object(table: &DeTable<'_>) -> Value {
    let entries: Map<String, Value> = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), value_of(value.get_ref())))
        .collect();
    Value::Object(entries)
}

fn value_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => json!(number),
            Err(_) => json!(1e30),
        },
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap_or(0.0)),
        DeValue::Boolean(value) => json!(value),
        DeValue::Datetime(moment) => json!(moment.to_string()),
        DeValue::Array(values) => values.iter().map(|one| value_of(one.get_ref())).collect(),
        DeValue::Table(table) => object(table),
    }
}

/// Looks an instance through; the words it knows are those that [`WORDS`] lists.
pub(crate) struct Validator<'s> {
    root: &'s Value,
}

/// Words that say something about instances, and words that do not.
const WORDS: [&str; 22] = [
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "dependentRequired",
    "enum",
    "items",
    "maximum",
    "minItems",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
    "$defs",
    "$schema",
    "default",
    "description",
    "examples",
    "title",
    "x-not-in-this-build",
];

impl<'s> Validator<'s> {
    pub(crate) fn new(root: &'s Value) -> Self {
        Self { root }
    }

    /// What is wrong with the instance.
    pub(crate) fn faults(&self, instance: &Value) -> Vec<String> {
        let mut out = Vec::new();
        self.look(self.root, instance, "", &mut out);
        out
    }

    /// Words of the schema that this validator would pass over.
    pub(crate) fn unknown_words(&self) -> Vec<String> {
        let mut out = BTreeSet::new();
        words(self.root, &mut out);
        out.into_iter().collect()
    }

    fn valid(&self, schema: &Value, instance: &Value) -> bool {
        let mut out = Vec::new();
        self.look(schema, instance, "", &mut out);
        out.is_empty()
    }

    fn look(&self, schema: &Value, instance: &Value, at: &str, out: &mut Vec<String>) {
        let mut fault = |text: String| out.push(format!("{at}: {text}"));
        if let Some(name) = schema["$ref"].as_str() {
            let target = self
                .root
                .pointer(&name[1..])
                .expect("a reference leads somewhere");
            self.look(target, instance, at, out);
        } else if let Some(ty) = schema["type"].as_str()
            && !is_of(ty, instance)
        {
            fault(format!("{instance} is no {ty}"));
            return;
        }
        let mut fault = |text: String| out.push(format!("{at}: {text}"));
        if schema.get("const").is_some_and(|only| only != instance) {
            fault(format!("{instance} is not {}", schema["const"]));
        }
        if schema["enum"]
            .as_array()
            .is_some_and(|all| !all.contains(instance))
        {
            fault(format!("{instance} is none of {}", schema["enum"]));
        }
        for (key, others) in schema["dependentRequired"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let missing = others
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .find(|other| instance.get(other).is_none());
            if let Some(other) = missing.filter(|_| instance.get(key).is_some()) {
                fault(format!("{key} without {other}"));
            }
        }
        self.numbers_and_texts(schema, instance, &mut fault);
        if let Some(all) = schema["anyOf"].as_array()
            && !all.iter().any(|one| self.valid(one, instance))
        {
            fault(format!("{instance} fits nothing of anyOf"));
        }
        if let Some(all) = schema["oneOf"].as_array() {
            let fits = all.iter().filter(|one| self.valid(one, instance)).count();
            if fits != 1 {
                fault(format!("{instance} fits {fits} of oneOf"));
            }
        }
        self.inside(schema, instance, at, out);
    }

    fn numbers_and_texts(&self, schema: &Value, instance: &Value, fault: &mut impl FnMut(String)) {
        if let Some(number) = instance.as_f64() {
            let low = schema["minimum"].as_f64().is_some_and(|low| number < low);
            let high = schema["maximum"].as_f64().is_some_and(|high| number > high);
            if low || high {
                fault(format!("{number} is out of range"));
            }
        }
        if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), instance.as_str()) {
            let pattern = regex::Regex::new(pattern).expect("a pattern compiles");
            if !pattern.is_match(text) {
                fault(format!("`{text}` does not match"));
            }
        }
        if let (Some(least), Some(list)) = (schema["minItems"].as_u64(), instance.as_array())
            && (list.len() as u64) < least
        {
            fault("too few".to_owned());
        }
    }

    fn inside(&self, schema: &Value, instance: &Value, at: &str, out: &mut Vec<String>) {
        if let (Some(items), Some(list)) = (schema.get("items"), instance.as_array()) {
            for (n, one) in list.iter().enumerate() {
                self.look(items, one, &format!("{at}/{n}"), out);
            }
        }
        let Some(object) = instance.as_object() else {
            return;
        };
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap_or("")) {
                out.push(format!("{at}: {name} is missing"));
            }
        }
        for (key, value) in object {
            let inner = format!("{at}/{key}");
            if let Some(known) = schema["properties"].get(key) {
                self.look(known, value, &inner, out);
                continue;
            }
            match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => out.push(format!("{inner}: not a key")),
                Some(other @ Value::Object(_)) => self.look(other, value, &inner, out),
                _ => {}
            }
        }
    }
}

fn is_of(ty: &str, instance: &Value) -> bool {
    match ty {
        "object" => instance.is_object(),
        "array" => instance.is_array(),
        "string" => instance.is_string(),
        "boolean" => instance.is_boolean(),
        "integer" => instance.is_i64() || instance.is_u64(),
        "number" => instance.is_number(),
        other => panic!("the validator does not know the type {other}"),
    }
}

fn words(schema: &Value, out: &mut BTreeSet<String>) {
    let Some(object) = schema.as_object() else {
        return;
    };
    for (key, value) in object {
        match key.as_str() {
            "properties" | "$defs" => {
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, one)| words(one, out));
            }
            "anyOf" | "oneOf" => {
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|one| words(one, out));
            }
            "items" | "additionalProperties" => words(value, out),
            word if !WORDS.contains(&word) => {
                out.insert(word.to_owned());
            }
            _ => {}
        }
    }
}
