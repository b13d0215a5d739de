//! `[lint]`, as it bears on findings.

use crate::diagnostic::{Diagnostic, Severity};

/// Which findings are silenced, and which are made errors, by code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lint {
    pub(crate) allow: Vec<&'static str>,
    pub(crate) deny: Vec<&'static str>,
}

impl Lint {
    /// Applies it to findings, those that only callsites show among them.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain(|finding| {
            finding.severity == Severity::Error || !self.allow.contains(&finding.code)
        });
        for finding in findings {
            if self.deny.contains(&finding.code) {
                finding.severity = Severity::Error;
            }
        }
    }
}
