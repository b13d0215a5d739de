//! Callsites that nobody ran: written on the command line, or learned by a program before.

use rheostat_core::{Callsite, CallsiteId, CallsiteKind};
use rheostat_policy::model::Level;

/// Reads `event target=shop::db level=info fields=a,b file=src/db.rs:41 name=… module=…`.
///
/// # Errors
///
/// What is wrong with it, and what may stand there.
pub(crate) fn written(text: &str) -> Result<Callsite, String> {
    let mut words = words(text)?.into_iter();
    let kind = match words.next().as_deref() {
        Some("event") => CallsiteKind::Event,
        Some("span") => CallsiteKind::Span,
        other => {
            let found = other.unwrap_or("nothing");
            return Err(format!(
                "a callsite begins with `event` or `span`, here with `{found}`"
            ));
        }
    };
    let mut callsite = blank(kind);
    for word in words {
        let (key, value) = word
            .split_once('=')
            .ok_or_else(|| format!("`{word}` is not of the form key=value"))?;
        set(&mut callsite, key, value)?;
    }
    if callsite.target.is_empty() {
        return Err("a callsite needs target=…".to_owned());
    }
    if callsite.name.is_empty() && kind == CallsiteKind::Span {
        return Err("a span needs name=…".to_owned());
    }
    if callsite.name.is_empty() {
        // As the macros name an event that was given no name.
        let file = callsite.file.as_deref().unwrap_or("src/main.rs").to_owned();
        callsite.name = format!("event {file}:{}", callsite.line.unwrap_or(1)).into();
    }
    Ok(callsite)
}

/// Reads one line of an inventory file.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn learned(line: &str) -> Result<Callsite, String> {
    let object: serde_json::Value =
        serde_json::from_str(line).map_err(|error| format!("it is not JSON: {error}"))?;
    let text = |key: &str| object.get(key).and_then(serde_json::Value::as_str);
    let kind = match text("kind") {
        Some("event") => CallsiteKind::Event,
        Some("span") => CallsiteKind::Span,
        Some("hint") => CallsiteKind::Hint,
        _ => return Err("it has no `kind` of event, span or hint".to_owned()),
    };
    let mut callsite = blank(kind);
    for key in ["name", "target", "module", "level"] {
        if let Some(value) = text(key) {
            set(&mut callsite, key, value)?;
        }
    }
    callsite.file = text("file").map(|file| file.to_owned().into());
    let line = object.get("line").and_then(serde_json::Value::as_u64);
    callsite.line = line.and_then(|line| u32::try_from(line).ok());
    let fields = object.get("fields").and_then(serde_json::Value::as_array);
    let names = fields
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str);
    callsite.fields = names.map(leak).collect();
    Ok(callsite)
}

fn blank(kind: CallsiteKind) -> Callsite {
    Callsite {
        id: CallsiteId(0),
        kind,
        name: "".into(),
        target: "".into(),
        module: None,
        file: None,
        line: None,
        level: Level::Info,
        fields: Box::default(),
        metadata: None,
    }
}

fn set(callsite: &mut Callsite, key: &str, value: &str) -> Result<(), String> {
    let owned = value.to_owned();
    match key {
        "name" => callsite.name = owned.into(),
        "target" => callsite.target = owned.into(),
        "module" => callsite.module = Some(owned.into()),
        "level" => callsite.level = level(value)?,
        "fields" => {
            callsite.fields = value
                .split(',')
                .filter(|name| !name.is_empty())
                .map(leak)
                .collect();
        }
        "file" => {
            let (file, line) = match value.rsplit_once(':') {
                Some((file, line)) => {
                    let line = line
                        .parse()
                        .map_err(|_| format!("`{line}` is not a line number"))?;
                    (file.to_owned(), Some(line))
                }
                None => (owned, None),
            };
            callsite.file = Some(file.into());
            callsite.line = line;
        }
        other => {
            return Err(format!(
                "`{other}` is not a key of a callsite; known are name, target, module, level, fields, file"
            ));
        }
    }
    Ok(())
}

fn level(word: &str) -> Result<Level, String> {
    let known = Level::ALL
        .into_iter()
        .find(|level| level.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| {
        format!("`{word}` is not a level; known are error, warn, info, debug, trace")
    })
}

/// Field names live as long as the program, like those of real callsites; this one ends soon.
fn leak(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

/// Words parted by spaces; a double-quoted part may hold spaces: `span name="HTTP request"`.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' => quoted = !quoted,
            char if char.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            char => word.push(char),
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_callsite_has_what_was_written() {
        let text = "event target=shop::db level=debug fields=rows,elapsed file=src/db.rs:41";
        let callsite = written(text).expect("it is well formed");
        assert_eq!(callsite.kind, CallsiteKind::Event);
        assert_eq!(callsite.shown(), "shop::db@src/db.rs:41");
        assert_eq!(callsite.name, "event src/db.rs:41");
        assert_eq!(callsite.level, Level::Debug);
        assert_eq!(*callsite.fields, ["rows", "elapsed"]);
    }

    #[test]
    fn a_quoted_name_may_hold_spaces() {
        let callsite = written(r#"span name="HTTP request" target=a"#).expect("it is well formed");
        assert_eq!(callsite.name, "HTTP request");
    }

    #[test]
    fn a_span_without_a_name_is_not_called_an_event() {
        let error = written("span target=a").expect_err("no span goes without a name");
        assert!(error.contains("name="), "{error}");
    }

    #[test]
    fn an_unknown_key_is_named_with_the_known_ones() {
        let error = written("event target=a colour=red").expect_err("colour is no key");
        assert!(
            error.contains("`colour`") && error.contains("target"),
            "{error}"
        );
    }

    #[test]
    fn a_learned_callsite_is_read_back() {
        let line =
            r#"{"kind":"span","name":"request","target":"t","level":"debug","fields":["uri"]}"#;
        let callsite = learned(line).expect("it is well formed");
        assert_eq!(
            (callsite.kind, &*callsite.name),
            (CallsiteKind::Span, "request")
        );
        assert_eq!(*callsite.fields, ["uri"]);
    }
}
