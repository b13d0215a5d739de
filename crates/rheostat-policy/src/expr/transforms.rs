//! The transforms: their names, arguments and one line about each.

use super::ty::Ty;

/// One transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransformDef {
    /// Its name.
    pub name: &'static str,
    /// What it takes in parentheses.
    pub args: &'static [ArgumentKind],
    /// What it gives.
    pub gives: Ty,
    /// One line: what it does.
    pub doc: &'static str,
    /// An expression that uses it, which parses.
    pub example: &'static str,
}

/// What a transform takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentKind {
    /// A whole number from 0.
    Count,
    /// A text.
    Text,
    /// A regular expression, as a text.
    Regex,
    /// Any literal.
    Literal,
}

impl ArgumentKind {
    /// What to call it in a message.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Text => "a text in quotes",
            Self::Regex => "a regular expression in quotes",
            Self::Literal => "a literal",
        }
    }

    /// What stands for it in a signature.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Count => "n",
            Self::Text => "s",
            Self::Regex => "re",
            Self::Literal => "v",
        }
    }
}

impl TransformDef {
    /// How it is written: `replace(re, s)`.
    pub fn signature(&self) -> String {
        if self.args.is_empty() {
            return self.name.to_owned();
        }
        let args: Vec<&str> = self.args.iter().map(|arg| arg.letter()).collect();
        format!("{}({})", self.name, args.join(", "))
    }

    /// The transform of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TRANSFORMS.iter().find(|def| def.name == name)
    }
}

const fn def(
    name: &'static str,
    args: &'static [ArgumentKind],
    gives: Ty,
    doc: &'static str,
    example: &'static str,
) -> TransformDef {
    TransformDef {
        name,
        args,
        gives,
        doc,
        example,
    }
}

use ArgumentKind::{Count, Literal, Regex, Text};

/// All of them, in the order of the reference.
pub const TRANSFORMS: [TransformDef; 17] = [
    def("lower", &[], Ty::Text, "in lower case", "method | lower"),
    def("upper", &[], Ty::Text, "in upper case", "method | upper"),
    def(
        "trim",
        &[],
        Ty::Text,
        "without blanks at both ends",
        "name | trim",
    ),
    def(
        "unquote",
        &[],
        Ty::Text,
        "without the quotes and escapes that Rust's Debug wrote",
        "path | unquote",
    ),
    def(
        "truncate",
        &[Count],
        Ty::Text,
        "its first n characters",
        "sql | truncate(40)",
    ),
    def(
        "before",
        &[Text],
        Ty::Text,
        "what stands before the first s; missing without one",
        "uri | before('?')",
    ),
    def(
        "after",
        &[Text],
        Ty::Text,
        "what stands behind the first s; missing without one",
        "@message | after('alert ')",
    ),
    def(
        "last",
        &[Text],
        Ty::Text,
        "what stands behind the last s; missing without one",
        "@target | last('::')",
    ),
    def(
        "capture",
        &[Regex],
        Ty::Text,
        "what the only group matched; missing without a match",
        "@message | capture('code=([0-9]+)')",
    ),
    def(
        "replace",
        &[Regex, Text],
        Ty::Text,
        "every match replaced by the text s",
        "uri | replace('[0-9]+', ':id')",
    ),
    def(
        "number",
        &[],
        Ty::Number,
        "the number it begins with",
        "status | number",
    ),
    def(
        "duration",
        &[],
        Ty::Duration,
        "the duration it reads as",
        "took | duration",
    ),
    def(
        "size",
        &[],
        Ty::Size,
        "the size it reads as, in bytes",
        "body | size",
    ),
    def(
        "class",
        &[],
        Ty::Text,
        "the class of a status: 404 becomes 4xx",
        "status | class",
    ),
    def(
        "hash",
        &[],
        Ty::Text,
        "eight hexadecimal digits that stand for it",
        "user | hash",
    ),
    def(
        "default",
        &[Literal],
        Ty::Unknown,
        "v where it is missing",
        "tenant | default('none')",
    ),
    def(
        "unwrap",
        &[],
        Ty::Unknown,
        "x of the text `Some(x)`; missing for `None`",
        "port | unwrap",
    ),
];

/// What other systems call a transform, and its name here.
pub(super) const ALIASES: [(&str, &str); 26] = [
    ("lowercase", "lower"),
    ("to_lower", "lower"),
    ("to_lowercase", "lower"),
    ("downcase", "lower"),
    ("uppercase", "upper"),
    ("to_upper", "upper"),
    ("to_uppercase", "upper"),
    ("upcase", "upper"),
    ("strip", "trim"),
    ("substr", "truncate"),
    ("take", "truncate"),
    ("left", "truncate"),
    ("first", "truncate"),
    ("split", "before"),
    ("extract", "capture"),
    ("regex", "capture"),
    ("regex_replace", "replace"),
    ("sub", "replace"),
    ("int", "number"),
    ("float", "number"),
    ("to_number", "number"),
    ("bytes", "size"),
    ("status_class", "class"),
    ("sha", "hash"),
    ("or_else", "default"),
    ("coalesce", "default"),
];
