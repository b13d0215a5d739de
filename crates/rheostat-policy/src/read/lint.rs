//! `[lint]`: which findings are silenced, and which are made errors.

use super::Reader;
use crate::codes::{self, structure};
use crate::diagnostic::{Report, Severity};
use crate::language::lint_keys;
use crate::model::Lint;
use crate::toml::{Entry, Node, Table};

impl Reader<'_> {
    pub(crate) fn lint(&mut self, entry: &Entry, table: &Table) -> Lint {
        let read = self.walk(table, entry.node.place, &lint_keys(), "[lint]");
        let mut lint = Lint::default();
        if let Some(entry) = read.entry("allow") {
            lint.allow = self.lints(&entry.node, true);
        }
        if let Some(entry) = read.entry("deny") {
            lint.deny = self.lints(&entry.node, false);
            self.both_ways(&lint, &entry.node);
        }
        lint
    }

    fn both_ways(&mut self, lint: &Lint, node: &Node) {
        for element in node.one_or_many() {
            let Some(code) = element.as_text().and_then(|name| codes::find(name)) else {
                continue;
            };
            if lint.allow.contains(&code.code) {
                self.report(
                    Report::new(
                        &structure::ALLOWED_AND_DENIED,
                        element.place,
                        format!(
                            "`{}` is silenced by `allow`, so `deny` says nothing",
                            code.name
                        ),
                    )
                    .under("in both lists")
                    .help("take it out of one of them"),
                );
            }
        }
    }

    fn lints(&mut self, node: &Node, allowed: bool) -> Vec<&'static str> {
        let mut out = Vec::new();
        for element in node.one_or_many() {
            let Some(name) = element.as_text() else {
                continue;
            };
            match codes::find(name) {
                Some(code) if allowed && code.severity == Severity::Error => {
                    self.report(
                        Report::new(
                            &structure::LINT_ALLOWS_ERROR,
                            element.place,
                            format!("`{name}` is an error, which cannot be silenced"),
                        )
                        .under("has no effect")
                        .help("take it out"),
                    );
                }
                Some(code) => out.push(code.code),
                None => self.unknown_lint(element, name),
            }
        }
        out
    }

    fn unknown_lint(&mut self, node: &Node, name: &str) {
        let all = codes::all();
        // One code is as near to another as any number is; a name is not.
        let is_code = name.len() > 2
            && name
                .get(..2)
                .is_some_and(|start| start.eq_ignore_ascii_case("RH"))
            && name[2..].bytes().all(|byte| byte.is_ascii_digit());
        let names = all
            .iter()
            .filter(|code| !is_code || code.code.eq_ignore_ascii_case(name))
            .map(|code| if is_code { code.code } else { code.name });
        let mut report = Report::new(
            &structure::UNKNOWN_LINT,
            node.place,
            format!("no diagnostic is called `{name}`"),
        )
        .under("neither a code nor a name");
        report = match self.near(name, names) {
            Some(near) => report.fix(format!("write `{near}`"), node.place, format!("\"{near}\"")),
            None => report.help("each finding shows its code and its name in brackets"),
        };
        self.report(report);
    }
}
