//! A diagnostic being written: code, place and message first, the rest in any order.

use super::{Diagnostic, Edit, Help, Label};
use crate::codes::Code;
use crate::place::Place;

/// A diagnostic under construction.
pub(crate) struct Report(Diagnostic);

impl Report {
    pub(crate) fn new(code: &Code, place: Place, message: impl Into<String>) -> Self {
        Self(Diagnostic {
            code: code.code,
            name: code.name,
            severity: code.severity,
            message: message.into(),
            primary: Label {
                place,
                text: String::new(),
            },
            others: Vec::new(),
            helps: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// What to say under the underline.
    pub(crate) fn under(mut self, text: impl Into<String>) -> Self {
        self.0.primary.text = text.into();
        self
    }

    /// Another place that matters.
    pub(crate) fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.0.others.push(Label {
            place,
            text: text.into(),
        });
        self
    }

    /// A way out, in words.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.0.helps.push(Help {
            text: text.into(),
            edit: None,
        });
        self
    }

    /// A way out, with the edit that does it.
    pub(crate) fn fix(
        mut self,
        text: impl Into<String>,
        place: Place,
        with: impl Into<String>,
    ) -> Self {
        self.0.helps.push(Help {
            text: text.into(),
            edit: Some(Edit {
                place,
                with: with.into(),
            }),
        });
        self
    }

    pub(crate) fn done(self) -> Diagnostic {
        self.0
    }
}
