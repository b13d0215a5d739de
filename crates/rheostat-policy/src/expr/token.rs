//! Words of an expression, before they mean anything together.

use std::sync::Arc;

use super::{Comparison, Literal};
use crate::place::Place;

/// One word and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) place: Place,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Literal(Literal),
    /// `name`, or in backticks: then it is never a word of the language.
    Name {
        text: Arc<str>,
        quoted: bool,
    },
    /// `.name`
    Own(Arc<str>),
    /// `@name`, the name as written.
    BuiltIn(Arc<str>),
    Word(Word),
    Compare(Comparison),
    Bar,
    Plus,
    Minus,
    Star,
    Slash,
    Open,
    Close,
    ListOpen,
    ListClose,
    Comma,
    /// A word that was already reported; stands for any value.
    Broken,
    End,
}

/// The operators that are words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    And,
    Or,
    Not,
    In,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
}

impl Word {
    /// All of them with their spelling.
    pub(super) const ALL: [(&'static str, Self); 8] = [
        ("and", Self::And),
        ("or", Self::Or),
        ("not", Self::Not),
        ("in", Self::In),
        ("contains", Self::Contains),
        ("starts_with", Self::StartsWith),
        ("ends_with", Self::EndsWith),
        ("matches", Self::Matches),
    ];
}

impl TokenKind {
    /// Whether a value can begin with this word.
    pub(super) fn begins_value(&self) -> bool {
        matches!(
            self,
            Self::Literal(_)
                | Self::Name { .. }
                | Self::Own(_)
                | Self::BuiltIn(_)
                | Self::Minus
                | Self::Open
                | Self::Broken
        )
    }
}

/// Whether a name can be written without backticks.
pub(super) fn is_bare_name(name: &str) -> bool {
    let mut parts = name.split('.');
    let first_fits = parts
        .next()
        .is_some_and(|first| first.starts_with(begins_name) && first.chars().all(continues_name));
    first_fits
        && parts.all(|part| !part.is_empty() && part.chars().all(continues_name))
        && !is_reserved(name)
}

/// Whether a word means something else than a name where a value is due.
pub(super) fn is_reserved(name: &str) -> bool {
    Word::ALL.iter().any(|(word, _)| *word == name)
        || matches!(name, "true" | "false" | "has" | "span" | "env")
}

pub(super) fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
