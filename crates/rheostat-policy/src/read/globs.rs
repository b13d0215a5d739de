//! Globs, in strings and lists of strings.

use super::Reader;
use crate::diagnostic::Report;
use crate::expr::codes::LOG_FIELD;
use crate::glob::{Glob, GlobKind};
use crate::toml::Node;

impl Reader<'_> {
    pub(crate) fn glob(&mut self, node: &Node, kind: GlobKind) -> Option<Glob> {
        let text = self.text(node)?;
        self.glob_of(&text, node, kind)
    }

    pub(crate) fn glob_of(&mut self, text: &str, node: &Node, kind: GlobKind) -> Option<Glob> {
        match Glob::parse(text, kind) {
            Ok(glob) => Some(glob),
            Err(problem) => {
                self.problems(node, vec![problem]);
                None
            }
        }
    }

    /// One glob or a list of them; what cannot be read is left out after a finding.
    pub(crate) fn globs(&mut self, node: &Node, kind: GlobKind) -> Vec<Glob> {
        self.not_empty(node);
        node.one_or_many()
            .iter()
            .filter_map(|element| self.glob(element, kind))
            .collect()
    }

    /// A list of globs over field names; it may be empty.
    pub(crate) fn field_globs(&mut self, node: &Node) -> Option<Vec<Glob>> {
        let nodes = node.one_or_many();
        let globs: Vec<Glob> = nodes
            .iter()
            .filter_map(|element| {
                let text = self.text(element)?;
                self.no_log_field(&text, element)?;
                self.glob_of(&text, element, GlobKind::Field)
            })
            .collect();
        (globs.len() == nodes.len()).then_some(globs)
    }

    /// Refuses the fields in which records of the `log` crate are wrapped.
    pub(crate) fn no_log_field(&mut self, text: &str, node: &Node) -> Option<()> {
        const WRAPPED: [(&str, &str); 4] = [
            ("log.target", "target"),
            ("log.module_path", "module"),
            ("log.file", "file"),
            ("log.line", "line"),
        ];
        let Some((field, key)) = WRAPPED.iter().find(|(field, _)| *field == text) else {
            return Some(());
        };
        self.report(
            Report::new(
                &LOG_FIELD,
                node.place,
                format!("the field `{field}` does not exist in this language"),
            )
            .under("records of the `log` crate show their own origin")
            .help(format!("use the key `{key}`, or the value `@{key}`")),
        );
        None
    }
}
