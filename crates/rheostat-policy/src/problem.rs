//! Problems: findings in a piece of text whose place in the file is not known yet.

use crate::codes::Code;
use crate::diagnostic::{Edit, Help, Severity};
use crate::place::Place;

/// One finding in an expression, a glob or a literal.
///
/// Places and edits count bytes from the start of the text that was read; the
/// walk over the file moves them to where that text stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: &'static str,
    /// The stable name.
    pub name: &'static str,
    /// How bad it is by default.
    pub severity: Severity,
    /// What is wrong, one lower-case clause without a full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to say under the underline; may be empty.
    pub label: String,
    /// Ways out, the best first.
    pub helps: Vec<Help>,
}

impl Problem {
    /// A finding of this kind.
    pub fn new(code: &Code, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self {
            code: code.code,
            name: code.name,
            severity: code.severity,
            message: message.into(),
            place: place.into(),
            label: String::new(),
            helps: Vec::new(),
        }
    }

    /// Says this under the underline.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds a way out in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(Help {
            text: text.into(),
            edit: None,
        });
        self
    }

    /// Adds a way out that is an edit.
    #[must_use]
    pub fn fix(
        mut self,
        text: impl Into<String>,
        place: impl Into<Place>,
        with: impl Into<String>,
    ) -> Self {
        self.helps.push(Help {
            text: text.into(),
            edit: Some(Edit {
                place: place.into(),
                with: with.into(),
            }),
        });
        self
    }
}
