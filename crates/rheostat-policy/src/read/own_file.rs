//! Files that one part of a policy writes, and no other.

use std::sync::Arc;

use super::Reader;
use crate::codes::sinks::SHARED_FILE;
use crate::diagnostic::Report;
use crate::toml::Node;
use crate::vocabulary::Type;

impl Reader<'_> {
    /// The path of a file that nothing else may write.
    pub(super) fn own_file(&mut self, node: &Node) -> Option<Arc<str>> {
        let text = self.text_of(node, &Type::OwnFile)?;
        if text.starts_with("/dev/") {
            // A device takes what many write.
            return Some(text);
        }
        let same = plain(&text);
        match self.files.get(&same) {
            Some(first) if *first != node.place => {
                let report = Report::new(
                    &SHARED_FILE,
                    node.place,
                    format!("two parts of the policy write the file `{text}`"),
                )
                .under("the second one")
                .also(*first, "the first one")
                .help("give each its own file; several rules can send to one sink");
                self.report(report);
                None
            }
            _ => {
                self.files.insert(same, node.place);
                Some(text)
            }
        }
    }
}

/// The path without what changes nothing: `./a//b` is `a/b`.
fn plain(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .enumerate()
        .filter(|(at, part)| *at == 0 && part.is_empty() || !matches!(*part, "" | "."))
        .map(|(_, part)| part)
        .collect();
    parts.join("/")
}
