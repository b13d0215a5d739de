//! What every part of the reading needs.

use std::collections::BTreeMap;

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::environment::Environment;
use crate::place::Place;
use crate::problem::Problem;
use crate::suggest::closest;
use crate::toml::{Node, source_offset};
use crate::vocabulary::Vocabulary;

const MOST_OF_A_CODE: usize = 1_000;
const MOST_SUGGESTIONS: usize = 500;
const MOST_CANDIDATES: usize = 1_000;

/// The text, what it may say, and what was found so far.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) env: &'a dyn Environment,
    pub(crate) findings: Vec<Diagnostic>,
    errors: usize,
    kept: BTreeMap<&'static str, usize>,
    /// Files that something writes, and where that is said.
    pub(super) files: BTreeMap<String, Place>,
    /// Inside of a disabled rule, what is not in this build is only a warning.
    pub(crate) disabled: bool,
    /// Whether a rule is being read, which can be disabled.
    pub(crate) in_rule: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, vocabulary: &'a Vocabulary, env: &'a dyn Environment) -> Self {
        Self {
            text,
            vocabulary,
            env,
            findings: Vec::new(),
            errors: 0,
            kept: BTreeMap::new(),
            files: BTreeMap::new(),
            disabled: false,
            in_rule: false,
        }
    }

    pub(crate) fn report(&mut self, report: Report) {
        self.push(report.done());
    }

    /// The same, unless that was said of this place before: what a group says, each of its rules says.
    pub(crate) fn report_once(&mut self, report: Report) {
        let finding = report.done();
        let said = |other: &Diagnostic| {
            (other.code, other.primary.place) == (finding.code, finding.primary.place)
        };
        if !self.findings.iter().any(said) {
            self.push(finding);
        }
    }

    fn push(&mut self, finding: Diagnostic) {
        self.errors += usize::from(finding.severity == Severity::Error);
        // A text of nothing but mistakes is counted, not remembered. At least one of each code stays,
        // so that whether there is an error, also by `[lint]`, is known.
        let kept = self.kept.entry(finding.code).or_default();
        if *kept < MOST_OF_A_CODE {
            *kept += 1;
            self.findings.push(finding);
        }
    }

    /// What a word was probably meant to be. Looking costs; past some number of
    /// mistakes, and of candidates, nobody is helped by it.
    pub(crate) fn near<'c>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        if self.findings.len() > MOST_SUGGESTIONS {
            return None;
        }
        closest(word, candidates.into_iter().take(MOST_CANDIDATES))
    }

    /// How many errors were found so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Reads without a trace of what is wrong: somebody else reports it.
    pub(crate) fn quietly<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let (findings, errors, kept) = (self.findings.len(), self.errors, self.kept.clone());
        let out = read(self);
        self.findings.truncate(findings);
        (self.errors, self.kept) = (errors, kept);
        out
    }

    /// A finding that needs no more than a place and a clause.
    pub(crate) fn fault(&mut self, code: &Code, place: Place, message: impl Into<String>) {
        self.report(Report::new(code, place, message));
    }

    /// Refuses what the language knows and this build cannot do.
    pub(crate) fn not_in_this_build(&mut self, place: Place, what: &str) {
        let mut finding = Report::new(
            &codes::NOT_IN_THIS_BUILD,
            place,
            format!("{what} is not in this build yet"),
        )
        .under("checked, but nothing here can do it yet")
        .help(if self.disabled {
            "take it out before the rule is enabled again"
        } else if self.in_rule {
            "take it out, or disable the rule: `enabled = false`"
        } else {
            "take it out"
        })
        .done();
        if self.disabled {
            finding.severity = Severity::Warning;
        }
        self.push(finding);
    }

    /// Reports the problems of a text that stands in a string.
    pub(crate) fn problems(&mut self, node: &Node, problems: Vec<Problem>) {
        for problem in problems {
            let mut finding = self.of_problem(node, problem);
            if self.disabled && finding.code == codes::NOT_IN_THIS_BUILD.code {
                finding.severity = Severity::Warning;
            }
            self.push(finding);
        }
    }

    fn of_problem(&self, node: &Node, problem: Problem) -> Diagnostic {
        let mut finding = Diagnostic {
            code: problem.code,
            name: problem.name,
            severity: problem.severity,
            message: problem.message,
            primary: crate::diagnostic::Label {
                place: self.inner_place(node, problem.place),
                text: problem.label,
            },
            others: Vec::new(),
            helps: problem.helps,
            notes: Vec::new(),
        };
        for help in &mut finding.helps {
            if let Some(edit) = &mut help.edit {
                edit.place = self.inner_place(node, edit.place);
                edit.with = self.quoted_as(node.place, &edit.with);
            }
        }
        finding
    }

    /// Where a part of a string's value is spelled.
    pub(crate) fn inner_place(&self, node: &Node, place: Place) -> Place {
        if node.as_text().is_none() {
            return node.place;
        }
        let start = source_offset(self.text, node.place, place.start as usize);
        let end = source_offset(self.text, node.place, place.end as usize);
        Place::new(start, end)
    }

    /// A text as it must be spelled inside of the string that stands at `place`.
    fn quoted_as(&self, place: Place, with: &str) -> String {
        let escapes = self
            .text
            .get(place.range())
            .is_some_and(|literal| literal.starts_with('"'));
        if escapes {
            with.replace('\\', "\\\\").replace('"', "\\\"")
        } else {
            with.to_owned()
        }
    }

    /// The text at a place, as it was written.
    pub(crate) fn written(&self, place: Place) -> &'a str {
        self.text.get(place.range()).unwrap_or("")
    }
}
