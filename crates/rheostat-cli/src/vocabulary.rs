//! What a program links, read from the file that it wrote.

use std::path::Path;

use rheostat_policy::vocabulary::{
    ActionDef, KeyDef, MetricKind, RecordClass, Selects, SinkDef, SinkUse, Type,
};
use rheostat_policy::{Vocabulary, first_party};
use serde_json::{Map, Value};

use crate::arguments::Program;
use crate::input;

/// What the program of a policy knows: what its file says, and all that is first-party.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn of(program: &Program) -> Result<Vocabulary, String> {
    let mut known = match &program.vocabulary {
        Some(path) => read(path)?,
        None => Vocabulary::default(),
    };
    known.extend(first_party::vocabulary());
    Ok(known)
}

fn read(path: &Path) -> Result<Vocabulary, String> {
    let text = input::bytes(path)?;
    let wrong = |what: String| {
        format!(
            "{} is no vocabulary: {what}; `Handle::vocabulary` of the program makes one",
            path.display()
        )
    };
    let value: Value = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    parsed(&value).map_err(wrong)
}

fn parsed(value: &Value) -> Result<Vocabulary, String> {
    let all = object(value)?;
    Ok(Vocabulary {
        actions: each(all, "actions", action)?,
        sinks: each(all, "sinks", sink)?,
    })
}

fn action(value: &Value) -> Result<ActionDef, String> {
    let of = object(value)?;
    Ok(ActionDef {
        name: text(of, "name")?,
        doc: text(of, "doc")?,
        example: text(of, "example")?,
        selects: word(Selects::ALL, Selects::as_str, at(of, "selects")?)?,
        metric: optional(of, "metric", |value| {
            word(MetricKind::ALL, MetricKind::as_str, value)
        })?,
        sink: optional(of, "sink", sink_use)?,
        limits: flag(of, "limits")?,
        phases: flag(of, "phases")?,
        keys: each(of, "keys", key)?,
        not_in_this_build: flag(of, "not_in_this_build")?,
    })
}

fn sink_use(value: &Value) -> Result<SinkUse, String> {
    let of = object(value)?;
    Ok(SinkUse {
        class: class(at(of, "class")?)?,
        default: optional(of, "default", kept)?,
    })
}

fn sink(value: &Value) -> Result<SinkDef, String> {
    let of = object(value)?;
    Ok(SinkDef {
        name: text(of, "name")?,
        doc: text(of, "doc")?,
        example: text(of, "example")?,
        takes: each(of, "takes", class)?,
        formats: each(of, "formats", kept)?,
        keys: each(of, "keys", key)?,
        not_in_this_build: flag(of, "not_in_this_build")?,
    })
}

fn key(value: &Value) -> Result<KeyDef, String> {
    let of = object(value)?;
    Ok(KeyDef {
        name: text(of, "name")?,
        ty: ty(at(of, "type")?)?,
        required: flag(of, "required")?,
        default: optional(of, "default", kept)?,
        doc: text(of, "doc")?,
        example: text(of, "example")?,
        not_in_this_build: flag(of, "not_in_this_build")?,
    })
}

/// A word, or an object of one entry: what is made of other types.
fn ty(value: &Value) -> Result<Type, String> {
    if let Some(word) = value.as_str() {
        return Type::of_word(word).ok_or_else(|| format!("`{word}` is no type"));
    }
    let boxed = |value| ty(value).map(Box::new);
    let (made, of) = object(value)?.iter().next().ok_or("a type has no name")?;
    Ok(match made.as_str() {
        "integer" => match items(of)? {
            [least, most] => Type::Integer(
                least.as_i64().ok_or("a bound is no integer")?,
                most.as_i64().ok_or("a bound is no integer")?,
            ),
            _ => return Err("an integer has two bounds".to_owned()),
        },
        "choice" => Type::Choice(words(of)?),
        "choice_with_later" => {
            let (now, later) = pair(of)?;
            Type::ChoiceWithLater(words(now)?, words(later)?)
        }
        "or_false" => Type::OrFalse(boxed(of)?),
        "list" => Type::List(boxed(of)?),
        "one_or_many" => Type::OneOrMany(boxed(of)?),
        "named" => Type::Named(boxed(of)?),
        "either_or" => {
            let (other, of) = pair(of)?;
            Type::EitherOr(kept(other)?, boxed(of)?)
        }
        "beside" => {
            let (other, of) = pair(of)?;
            Type::Beside(kept(other)?, boxed(of)?)
        }
        "any_of" => Type::AnyOf(items(of)?.iter().map(ty).collect::<Result<_, _>>()?),
        "table" => Type::Table(items(of)?.iter().map(key).collect::<Result<_, _>>()?),
        other => return Err(format!("`{other}` is no type")),
    })
}

fn class(value: &Value) -> Result<RecordClass, String> {
    word(RecordClass::ALL, RecordClass::as_str, value)
}

fn word<T: Copy>(
    all: impl IntoIterator<Item = T>,
    shown: fn(T) -> &'static str,
    value: &Value,
) -> Result<T, String> {
    let known = all
        .into_iter()
        .find(|known| value.as_str() == Some(shown(*known)));
    known.ok_or_else(|| format!("{value} is not known here"))
}

fn words(value: &Value) -> Result<&'static [&'static str], String> {
    let words: Vec<&'static str> = items(value)?.iter().map(kept).collect::<Result<_, _>>()?;
    Ok(words.leak())
}

/// Definitions live as long as the program, like those that are compiled in; this one ends soon.
fn kept(value: &Value) -> Result<&'static str, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("{value} is no text"))?;
    Ok(text.to_owned().leak())
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{value} is no object"))
}

fn items(value: &Value) -> Result<&[Value], String> {
    let items = value
        .as_array()
        .ok_or_else(|| format!("{value} is no list"))?;
    Ok(items)
}

fn pair(value: &Value) -> Result<(&Value, &Value), String> {
    match items(value)? {
        [first, second] => Ok((first, second)),
        _ => Err(format!("{value} is no pair")),
    }
}

fn at<'v>(of: &'v Map<String, Value>, key: &str) -> Result<&'v Value, String> {
    of.get(key).ok_or_else(|| format!("`{key}` is missing"))
}

fn text(of: &Map<String, Value>, key: &str) -> Result<&'static str, String> {
    kept(at(of, key)?)
}

fn flag(of: &Map<String, Value>, key: &str) -> Result<bool, String> {
    at(of, key)?
        .as_bool()
        .ok_or_else(|| format!("`{key}` is neither true nor false"))
}

fn each<T>(
    of: &Map<String, Value>,
    key: &str,
    one: fn(&Value) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    items(at(of, key)?)?.iter().map(one).collect()
}

fn optional<T>(
    of: &Map<String, Value>,
    key: &str,
    one: impl Fn(&Value) -> Result<T, String>,
) -> Result<Option<T>, String> {
    of.get(key)
        .filter(|value| !value.is_null())
        .map(one)
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_writes_is_read_back_whole() {
        let built = rheostat::builder().policy_text("version = 1").try_build();
        let (_subscriber, guard) = built.expect("an empty policy applies");
        let written = guard.handle().vocabulary();
        let value = serde_json::from_str(&written).expect("it is JSON");
        let read = parsed(&value).expect("it is a vocabulary");
        for mut action in first_party::vocabulary().actions {
            let found = read.action(action.name).expect("it was written");
            action.not_in_this_build = found.not_in_this_build;
            assert!(*found == action, "{}", action.name);
        }
        for mut sink in first_party::vocabulary().sinks {
            let found = read.sink(sink.name).expect("it was written");
            sink.not_in_this_build = found.not_in_this_build;
            if sink.name == "otlp" {
                // What else than spans it takes depends on what is linked along with this command.
                assert!(found.takes.contains(&RecordClass::Spans));
                sink.takes.retain(|class| found.takes.contains(class));
            }
            assert!(*found == sink, "{}", sink.name);
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let value = serde_json::json!({ "actions": [{ "name": "a", "doc": "b" }], "sinks": [] });
        let wrong = parsed(&value).expect_err("it lacks an example");
        assert_eq!(wrong, "`example` is missing");
    }
}
