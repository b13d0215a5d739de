//! Symbols: those of this language, and those that other languages would have there.

use super::Comparison::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
use super::codes;
use super::token::{TokenKind, Word};
use crate::codes::Code;

/// The symbols of this language, the longer ones first.
pub(super) const OURS: &[(&str, TokenKind)] = &[
    ("==", TokenKind::Compare(Equal)),
    ("!=", TokenKind::Compare(NotEqual)),
    ("<=", TokenKind::Compare(AtMost)),
    (">=", TokenKind::Compare(AtLeast)),
    ("<", TokenKind::Compare(Less)),
    (">", TokenKind::Compare(Greater)),
    ("(", TokenKind::Open),
    (")", TokenKind::Close),
    ("[", TokenKind::ListOpen),
    ("]", TokenKind::ListClose),
    (",", TokenKind::Comma),
    ("+", TokenKind::Plus),
    ("-", TokenKind::Minus),
    ("*", TokenKind::Star),
    ("/", TokenKind::Slash),
    ("|", TokenKind::Bar),
];

/// A symbol of other languages.
pub(super) struct Foreign {
    pub(super) text: &'static str,
    pub(super) code: &'static Code,
    /// What is said behind the symbol.
    pub(super) what: &'static str,
    pub(super) label: &'static str,
    /// What to write instead.
    pub(super) write: Option<&'static str>,
    /// How reading goes on; `Broken`: without it.
    pub(super) means: TokenKind,
}

const fn foreign(
    text: &'static str,
    code: &'static Code,
    label: &'static str,
    write: Option<&'static str>,
    means: TokenKind,
) -> Foreign {
    Foreign {
        text,
        code,
        what: "is not an operator of this language",
        label,
        write,
        means,
    }
}

/// The longer ones first.
pub(super) const FOREIGN: &[Foreign] = &[
    foreign(
        "===",
        &codes::FOREIGN_COMPARISON,
        "there is one equality, written `==`",
        Some("=="),
        TokenKind::Compare(Equal),
    ),
    foreign(
        "!==",
        &codes::FOREIGN_COMPARISON,
        "there is one inequality, written `!=`",
        Some("!="),
        TokenKind::Compare(NotEqual),
    ),
    foreign(
        "<=>",
        &codes::FOREIGN_COMPARISON,
        "a comparison is one of == != < <= > >=",
        None,
        TokenKind::Compare(Equal),
    ),
    foreign(
        "<>",
        &codes::FOREIGN_COMPARISON,
        "inequality is written `!=`",
        Some("!="),
        TokenKind::Compare(NotEqual),
    ),
    foreign(
        "=<",
        &codes::FOREIGN_COMPARISON,
        "the `<` comes first",
        Some("<="),
        TokenKind::Compare(AtMost),
    ),
    foreign(
        "=>",
        &codes::FOREIGN_COMPARISON,
        "the `>` comes first",
        Some(">="),
        TokenKind::Compare(AtLeast),
    ),
    foreign(
        "=~",
        &codes::FOREIGN_OPERATOR,
        "regular expressions are tested by a word",
        Some("matches"),
        TokenKind::Word(Word::Matches),
    ),
    foreign(
        "!~",
        &codes::FOREIGN_OPERATOR,
        "write `not value matches 'regex'`",
        None,
        TokenKind::Word(Word::Matches),
    ),
    foreign(
        "**",
        &codes::FOREIGN_OPERATOR,
        "there are no powers",
        None,
        TokenKind::Star,
    ),
    foreign(
        "&&",
        &codes::DOUBLE_AMPERSAND,
        "conditions are joined by words",
        Some("and"),
        TokenKind::Word(Word::And),
    ),
    foreign(
        "||",
        &codes::DOUBLE_BAR,
        "conditions are joined by words",
        Some("or"),
        TokenKind::Word(Word::Or),
    ),
    foreign(
        "&",
        &codes::FOREIGN_OPERATOR,
        "conditions are joined by words",
        Some("and"),
        TokenKind::Word(Word::And),
    ),
    foreign(
        "!",
        &codes::EXCLAMATION,
        "conditions are turned round by a word",
        Some("not"),
        TokenKind::Word(Word::Not),
    ),
    foreign(
        "=",
        &codes::SINGLE_EQUALS,
        "nothing is assigned here; values are compared",
        Some("=="),
        TokenKind::Compare(Equal),
    ),
    foreign(
        "~",
        &codes::FOREIGN_OPERATOR,
        "regular expressions are tested by a word",
        Some("matches"),
        TokenKind::Word(Word::Matches),
    ),
    foreign(
        "%",
        &codes::FOREIGN_OPERATOR,
        "there is no remainder; a share is written 0.05",
        None,
        TokenKind::Star,
    ),
    foreign(
        "^",
        &codes::FOREIGN_OPERATOR,
        "there are no powers and no bit operations",
        None,
        TokenKind::Star,
    ),
];

/// Characters that look like ones of this language, what to write, and how reading goes on.
pub(super) const LOOKALIKES: &[(char, &str, Option<TokenKind>)] = &[
    ('“', "\"", None),
    ('”', "\"", None),
    ('„', "\"", None),
    ('‘', "'", None),
    ('’', "'", None),
    ('´', "'", None),
    ('≤', "<=", Some(TokenKind::Compare(AtMost))),
    ('≥', ">=", Some(TokenKind::Compare(AtLeast))),
    ('≠', "!=", Some(TokenKind::Compare(NotEqual))),
    ('−', "-", Some(TokenKind::Minus)),
    ('–', "-", Some(TokenKind::Minus)),
    ('×', "*", Some(TokenKind::Star)),
    ('÷', "/", Some(TokenKind::Slash)),
    ('∧', "and", Some(TokenKind::Word(Word::And))),
    ('∨', "or", Some(TokenKind::Word(Word::Or))),
    ('¬', "not", Some(TokenKind::Word(Word::Not))),
    ('，', ",", Some(TokenKind::Comma)),
    ('（', "(", Some(TokenKind::Open)),
    ('）', ")", Some(TokenKind::Close)),
    (';', "", None),
];
