//! What every part of the reading needs.

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::environment::Environment;
use crate::place::Place;
use crate::problem::Problem;
use crate::toml::{Node, source_offset};
use crate::vocabulary::Vocabulary;

/// The text, what it may say, and what was found so far.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) env: &'a dyn Environment,
    pub(crate) findings: Vec<Diagnostic>,
    /// Inside of a disabled rule, what is not in this build is only a warning.
    pub(crate) disabled: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, vocabulary: &'a Vocabulary, env: &'a dyn Environment) -> Self {
        Self {
            text,
            vocabulary,
            env,
            findings: Vec::new(),
            disabled: false,
        }
    }

    pub(crate) fn report(&mut self, report: Report) {
        self.findings.push(report.done());
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
        .help("take it out, or disable the rule that needs it")
        .done();
        if self.disabled {
            finding.severity = Severity::Warning;
        }
        self.findings.push(finding);
    }

    /// Reports the problems of a text that stands in a string.
    pub(crate) fn problems(&mut self, node: &Node, problems: Vec<Problem>) {
        for problem in problems {
            let mut finding = self.of_problem(node, problem);
            if self.disabled && finding.code == codes::NOT_IN_THIS_BUILD.code {
                finding.severity = Severity::Warning;
            }
            self.findings.push(finding);
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
