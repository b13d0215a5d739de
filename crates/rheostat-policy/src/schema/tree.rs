//! JSON as a tree that is printed, entries in the order in which they were added.

use crate::diagnostic::quoted;

/// One JSON value.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn object<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Object(
            entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    }

    /// The same object with one entry more.
    pub(super) fn with(self, key: &str, value: Self) -> Self {
        match self {
            Self::Object(mut entries) => {
                entries.push((key.to_owned(), value));
                Self::Object(entries)
            }
            other => other,
        }
    }

    pub(super) fn words(words: &[&str]) -> Self {
        Self::List(words.iter().map(|word| Self::text(*word)).collect())
    }

    /// Printed over several lines, two blanks a level.
    pub(super) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, level: usize) {
        match self {
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(number) => out.push_str(&number.to_string()),
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(values) if values.iter().all(Self::is_short) => {
                let short: Vec<String> = values.iter().map(Self::short).collect();
                out.push_str(&format!("[{}]", short.join(", ")));
            }
            Self::List(values) => {
                out.push('[');
                let each = |out: &mut String, value: &Self| value.write(out, level + 1);
                lines(out, level, values, each);
                out.push(']');
            }
            Self::Object(entries) if entries.is_empty() => out.push_str("{}"),
            Self::Object(entries) => {
                out.push('{');
                lines(out, level, entries, |out, (key, value)| {
                    out.push_str(&quoted(key));
                    out.push_str(": ");
                    value.write(out, level + 1);
                });
                out.push('}');
            }
        }
    }

    fn is_short(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    fn short(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out
    }
}

fn lines<T>(out: &mut String, level: usize, all: &[T], each: impl Fn(&mut String, &T)) {
    for (at, one) in all.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(level + 1));
        each(out, one);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(level));
}
