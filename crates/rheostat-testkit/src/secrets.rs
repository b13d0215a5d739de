//! Every secret that a policy can hold, with a value that is found again wherever it shows.
//!
//! The keys come from the vocabulary: a sink with a new secret is covered
//! without anybody saying so.

use std::path::Path;

use rheostat_policy::Vocabulary;
use rheostat_policy::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The variable that a policy reads the secret from.
pub const VARIABLE: &str = "RHEOSTAT_CANARY";
/// The secret: with what URLs and headers write in another way.
pub const CANARY: &str = "canary/+=7f3a9dc01e5b";
/// What is left of it however URLs, JSON and `Debug` write it.
const CORE: &str = "7f3a9dc01e5b";

/// A sink with one of its secrets set.
#[derive(Clone, Debug)]
pub struct WithSecret {
    /// The type of the sink.
    pub sink: &'static str,
    /// The key, behind those of the tables it is in.
    pub key: String,
    /// What the sink takes.
    pub takes: Vec<RecordClass>,
    def: SinkDef,
    secret: Found,
}

/// How a secret is spelt: the top key, its value, and other keys that go with it.
#[derive(Clone, Debug)]
struct Found {
    path: String,
    top: &'static str,
    value: String,
    beside: Vec<&'static str>,
}

/// All of them.
pub fn all(vocabulary: &Vocabulary) -> Vec<WithSecret> {
    let mut all = Vec::new();
    for def in vocabulary.sinks.iter().filter(|def| !def.not_in_this_build) {
        for found in def.keys.iter().flat_map(in_key) {
            all.push(WithSecret {
                sink: def.name,
                key: found.path.clone(),
                takes: def.takes.clone(),
                def: def.clone(),
                secret: found,
            });
        }
    }
    all
}

impl WithSecret {
    /// The sink's keys in a policy, `type` included: those of its example, with
    /// whatever is at an address at `at`, and files in `folder`.
    pub fn keys(&self, at: &str, folder: &Path) -> String {
        let mut lines = Vec::new();
        let given = self
            .def
            .example
            .lines()
            .filter_map(|line| line.split_once(" = "));
        for (key, value) in given {
            let def = self.def.keys.iter().find(|def| def.name == key);
            let value = match def.map(|def| innermost(&def.ty)) {
                _ if key == self.secret.top => continue,
                // What all sinks have is the caller's to say.
                None if key != "type" => continue,
                Some(Type::Address) => format!("'{at}'"),
                Some(Type::Path | Type::OwnFile) => format!("'{}'", folder.join(key).display()),
                Some(Type::Url) => format!("'{}'", moved(value.trim_matches('"'), at)),
                _ => value.to_owned(),
            };
            lines.push(format!("{key} = {value}"));
        }
        let is_given = |key: &&str| {
            lines
                .iter()
                .any(|line| line.starts_with(&format!("{key} =")))
        };
        let besides = self.secret.beside.iter().filter(|key| !is_given(key));
        for key in besides.copied().collect::<Vec<_>>() {
            lines.push(format!("{key} = 'joe'"));
        }
        lines.push(format!("{} = {}", self.secret.top, self.secret.value));
        lines.join("\n")
    }
}

/// Whether the secret shows in what a person, or a program, may read; and how.
pub fn shown_in(text: &str) -> Option<String> {
    let found = needles()
        .into_iter()
        .find(|needle| text.contains(needle.as_str()))?;
    let at = text.find(&found)?;
    let start = (0..=at.saturating_sub(200))
        .rev()
        .find(|at| text.is_char_boundary(*at))?;
    let end = (at + found.len() + 40..=text.len()).find(|at| text.is_char_boundary(*at));
    Some(text[start..end.unwrap_or(text.len())].to_owned())
}

/// It as it is, in hexadecimal digits, and in base 64, whatever stands before it.
fn needles() -> Vec<String> {
    let mut needles = vec![CORE.to_owned(), hex(CORE)];
    for before in ["", "x", "xx"] {
        let whole = base64(&format!("{before}{CANARY}"));
        // What its neighbours do not change.
        needles.push(whole[4..whole.len() - 4].to_owned());
    }
    needles
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.as_bytes().chunks(3).flat_map(|chunk| {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        (0..=chunk.len()).map(move |at| char::from(DIGITS[(bits >> (18 - 6 * at)) as usize % 64]))
    });
    digits.collect()
}

/// The secrets at a key and in the tables below it.
fn in_key(def: &KeyDef) -> Vec<Found> {
    let values = in_type(&def.ty);
    let found = values.into_iter().map(|(path, value, beside)| Found {
        path: format!("{}{path}", def.name),
        top: def.name,
        value,
        beside,
    });
    found.collect()
}

/// Below a key: the keys that lead to it, its value, and what goes with it.
type Below = (String, String, Vec<&'static str>);

fn in_type(ty: &Type) -> Vec<Below> {
    match ty {
        Type::Secret => vec![(
            String::new(),
            format!("{{ env = '{VARIABLE}' }}"),
            Vec::new(),
        )],
        Type::Beside(other, of) => {
            let with = |(path, value, mut beside): Below| {
                beside.push(other);
                (path, value, beside)
            };
            in_type(of).into_iter().map(with).collect()
        }
        Type::EitherOr(_, of) | Type::OrFalse(of) | Type::OneOrMany(of) => in_type(of),
        Type::List(of) => within(of, |value| format!("[{value}]"), ""),
        Type::Named(of) => within(of, |value| format!("{{ x-canary = {value} }}"), ".x-canary"),
        Type::AnyOf(types) => types.iter().flat_map(in_type).collect(),
        Type::Table(keys) => {
            let found = keys.iter().flat_map(in_key);
            let table = |found: Found| {
                let beside = found.beside.iter().map(|key| format!("{key} = 'joe', "));
                let value = format!(
                    "{{ {}{} = {} }}",
                    beside.collect::<String>(),
                    found.top,
                    found.value
                );
                (format!(".{}", found.path), value, Vec::new())
            };
            found.map(table).collect()
        }
        _ => Vec::new(),
    }
}

fn within(of: &Type, around: impl Fn(&str) -> String, key: &str) -> Vec<Below> {
    let below = in_type(of).into_iter();
    below
        .map(|(path, value, beside)| (format!("{key}{path}"), around(&value), beside))
        .collect()
}

fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::EitherOr(_, of) | Type::Beside(_, of) | Type::OneOrMany(of) => innermost(of),
        ty => ty,
    }
}

/// The URL at another host.
fn moved(url: &str, at: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let path = rest.find('/').map_or("", |start| &rest[start..]);
    format!("http://{at}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rheostat_policy::first_party;

    #[test]
    fn secrets_are_found_wherever_a_key_may_be() {
        let all = all(&first_party::vocabulary());
        let has = |sink: &str, key: &str| all.iter().any(|one| one.sink == sink && one.key == key);
        assert!(has("clickhouse", "password") && has("clickhouse", "headers.x-canary"));
        assert!(has("nats", "token") && has("postgres", "password"));
    }

    #[test]
    fn a_secret_is_seen_in_each_of_its_forms() {
        let hidden = |text: &str| assert_eq!(shown_in(text), None, "{text}");
        hidden("canary");
        for text in [
            CANARY.to_owned(),
            "canary%2F%2B%3D7f3a9dc01e5b".to_owned(),
            format!("Basic {}", base64(&format!("joe:{CANARY}"))),
            format!("Basic {}", base64(&format!("joey:{CANARY}"))),
            hex(CANARY),
        ] {
            assert!(shown_in(&format!("said: {text}!")).is_some(), "{text}");
        }
    }
}
