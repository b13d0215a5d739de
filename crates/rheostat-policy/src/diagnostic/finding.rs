//! Findings as data.

use crate::place::{Place, Source};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code, such as `RH104`.
    pub code: &'static str,
    /// The stable name, such as `unknown-sink`.
    pub name: &'static str,
    /// How bad it is, after `[lint]` was applied.
    pub severity: Severity,
    /// What is wrong here, one lower-case clause without a full stop.
    pub message: String,
    /// Where, and what to say under the underline.
    pub primary: Label,
    /// Other places that matter.
    pub others: Vec<Label>,
    /// Ways out, the best first.
    pub helps: Vec<Help>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// A place and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What to say; may be empty.
    pub text: String,
}

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What to do, in words.
    pub text: String,
    /// The edit that does it, where one exists.
    pub edit: Option<Edit>,
}

/// A replacement of a part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub place: Place,
    /// By what.
    pub with: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant; the policy applies.
    Warning,
    /// The policy does not apply.
    Error,
}

/// All findings of one check, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    /// The text they speak of.
    pub source: Source,
    /// The findings.
    pub items: Vec<Diagnostic>,
}
