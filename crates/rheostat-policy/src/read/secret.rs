//! Secrets: named in the policy, read from the environment.

use super::Reader;
use super::expand::is_variable_name;
use crate::codes::file;
use crate::diagnostic::Report;
use crate::model::Secret;
use crate::toml::{Node, Value};

/// Whether a table looks like a secret, wherever it stands.
pub(crate) fn looks_like_secret(node: &Node) -> bool {
    let Value::Table(table) = &node.value else {
        return false;
    };
    match table.entries.as_slice() {
        [only] => (&*only.key == "env" || &*only.key == "file") && only.node.as_text().is_some(),
        _ => false,
    }
}

impl Reader<'_> {
    /// Reads a secret; `None` after a finding.
    pub(crate) fn secret(&mut self, node: &Node) -> Option<Secret> {
        if node.as_text().is_some() {
            self.report(
                Report::new(
                    &file::PLAIN_SECRET,
                    node.place,
                    "a secret is written in the policy",
                )
                .under("everyone who reads the file sees it")
                .fix(
                    "name a variable that holds it: `{ env = \"SECRET\" }`",
                    node.place,
                    "{ env = \"SECRET\" }",
                )
                .help("or a file: `{ file = \"/run/secrets/name\" }`"),
            );
            return None;
        }
        if let Value::Table(table) = &node.value
            && let (Some(env), Some(other)) = (table.get("env"), table.get("file"))
        {
            self.report(
                Report::new(
                    &file::WRONG_TYPE,
                    other.key_place,
                    "a secret comes from one place, and here are two",
                )
                .under("a file")
                .also(env.key_place, "a variable")
                .help("keep one of `env` and `file`"),
            );
            return None;
        }
        if !looks_like_secret(node) {
            self.wrong_type(node, "a secret such as `{ env = \"NAME\" }`");
            return None;
        }
        let table = node.as_table()?;
        let entry = table.entries.first()?;
        if &*entry.key == "env" {
            self.secret_variable(&entry.node)
        } else {
            self.secret_file(&entry.node)
        }
    }

    /// A secret at a key whose value people get to see.
    pub(crate) fn secret_elsewhere(&mut self, node: &Node) {
        self.report(
            Report::new(
                &file::SECRET_NOT_ALLOWED,
                node.place,
                "a secret cannot stand here",
            )
            .under("the value of this key is shown to people")
            .help("variables that are no secrets are written `\"${NAME}\"`"),
        );
    }

    fn secret_variable(&mut self, node: &Node) -> Option<Secret> {
        let name = node.as_text()?.clone();
        if !is_variable_name(&name) {
            self.fault(
                &file::BAD_EXPANSION,
                node.place,
                format!("`{name}` is not the name of a variable"),
            );
            return None;
        }
        match self.env.var(&name) {
            Some(value) if !value.is_empty() => Some(Secret::new(value)),
            _ => {
                self.report(
                    Report::new(
                        &file::UNREADABLE_SECRET,
                        node.place,
                        format!("the environment variable `{name}` holds no secret"),
                    )
                    .under("not set, or empty")
                    .help("set it where the program is started"),
                );
                None
            }
        }
    }

    fn secret_file(&mut self, node: &Node) -> Option<Secret> {
        let path = self.expanded(node)?;
        match self.env.read_secret(&path) {
            Ok(text) if !text.trim_end().is_empty() => {
                Some(Secret::new(text.trim_end_matches(['\r', '\n'])))
            }
            Ok(_) => {
                self.fault(
                    &file::UNREADABLE_SECRET,
                    node.place,
                    format!("the secret file `{path}` is empty"),
                );
                None
            }
            Err(reason) => {
                self.report(
                    Report::new(
                        &file::UNREADABLE_SECRET,
                        node.place,
                        format!("the secret file `{path}` cannot be read"),
                    )
                    .under(reason)
                    .help("the file is read again at every load of the policy"),
                );
                None
            }
        }
    }
}
