//! What is wrong with a literal, and what is accepted instead.

use std::fmt;

use crate::codes::Code;
use crate::expr::codes;
use crate::place::Place;
use crate::problem::Problem;

/// What a literal was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `1_000`, `0.5`, `1e6`
    Number,
    /// `150us`
    Duration,
    /// `64KiB`
    Size,
    /// `1000/s`
    Rate,
    /// `0.05`, `1/20`
    Ratio,
}

impl LiteralKind {
    /// The word for it, with its article.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Duration => "a duration",
            Self::Size => "a size",
            Self::Rate => "a rate",
            Self::Ratio => "a ratio",
        }
    }

    /// What is accepted, in one clause.
    pub fn accepted(self) -> &'static str {
        match self {
            Self::Number => "a number is written `10_000`, `0.5` or `1e6`",
            Self::Duration => {
                "a duration is written `150us`, `1.5s` or `1h30m`; units are ns us ms s m h d w"
            }
            Self::Size => "a size is written `64KiB` or `10MB`; units are B kB MB GB KiB MiB GiB",
            Self::Rate => "a rate is written `1000/s`, `5/m` or `1/h`",
            Self::Ratio => "a ratio is written 0.05 or \"1/20\", from 0 to 1",
        }
    }

    /// The code of a literal of this kind that cannot be read.
    pub fn code(self) -> &'static Code {
        match self {
            Self::Number => &codes::BAD_NUMBER,
            Self::Duration => &codes::BAD_DURATION,
            Self::Size => &codes::BAD_SIZE,
            Self::Rate => &codes::BAD_RATE,
            Self::Ratio => &codes::BAD_RATIO,
        }
    }
}

/// Why a text is not the literal it should be.
///
/// Its `Display` is the message; [`accepted`](LiteralKind::accepted) says what to write,
/// [`fix`](Self::fix) is the text that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralError {
    kind: LiteralKind,
    text: String,
    reason: String,
    fix: Option<String>,
    too_large: bool,
}

impl LiteralError {
    pub(crate) fn new(kind: LiteralKind, text: &str, reason: impl Into<String>) -> Self {
        Self {
            kind,
            text: shortened(text),
            reason: reason.into(),
            fix: None,
            too_large: false,
        }
    }

    pub(crate) fn or_write(mut self, fix: Option<String>) -> Self {
        self.fix = fix;
        self
    }

    pub(crate) fn too_large(mut self) -> Self {
        self.too_large = true;
        self
    }

    pub(crate) fn too_large_for_it(&self) -> bool {
        self.too_large
    }

    /// The code that this is reported under.
    pub fn code(&self) -> &'static Code {
        if self.too_large {
            &codes::LITERAL_TOO_LARGE
        } else {
            self.kind.code()
        }
    }

    /// What the text was read as.
    pub fn kind(&self) -> LiteralKind {
        self.kind
    }

    /// Why it is not that, in one clause.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The text that was probably meant.
    pub fn fix(&self) -> Option<&str> {
        self.fix.as_deref()
    }

    /// The same as a problem of the text at `place`.
    pub fn problem(&self, place: impl Into<Place>) -> Problem {
        let place = place.into();
        let problem = Problem::new(self.code(), place, self.to_string()).label(&self.reason);
        let problem = match &self.fix {
            Some(fix) => problem.fix(format!("write `{fix}`"), place, fix),
            None => problem,
        };
        problem.help(self.kind.accepted())
    }
}

impl fmt::Display for LiteralError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() {
            return write!(f, "empty text is not {}", self.kind.with_article());
        }
        write!(f, "`{}` is not {}", self.text, self.kind.with_article())
    }
}

impl std::error::Error for LiteralError {}

/// A text as far as a message can hold it.
pub(crate) fn shortened(text: &str) -> String {
    const LIMIT: usize = 60;
    let mut shown: String = text
        .chars()
        .take(LIMIT)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LIMIT).is_some() {
        shown.push('…');
    }
    shown
}
