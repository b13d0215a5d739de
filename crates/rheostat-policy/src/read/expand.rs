//! `${NAME}` and `${NAME:-default}` in strings.

use std::sync::Arc;

use super::Reader;
use crate::codes::file;
use crate::diagnostic::Report;
use crate::expr::codes::MISSING_VARIABLE;
use crate::place::Place;
use crate::toml::Node;

/// More mistakes in one string are not looked for.
const MOST_MISTAKES: usize = 16;

impl Reader<'_> {
    /// The text of a string with its variables filled in; `None` after a finding.
    pub(crate) fn expanded(&mut self, node: &Node) -> Option<Arc<str>> {
        let text = node.as_text()?;
        if !text.contains("${") {
            return Some(text.clone());
        }
        let mut out = String::with_capacity(text.len());
        let mut mistakes = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find("${") {
            let open = at + found;
            out.push_str(&text[at..open]);
            if text[at..open].ends_with('$') {
                // `$${` is `${`.
                out.push('{');
                at = open + 2;
                continue;
            }
            let Some(length) = text[open..].find('}') else {
                let place = self.inner_place(node, Place::new(open, text.len()));
                self.report(
                    Report::new(&file::BAD_EXPANSION, place, "`${` has no closing `}`")
                        .under("a variable begins here")
                        .fix(
                            "write the closing `}`",
                            Place::new(place.end as usize, place.end as usize),
                            "}",
                        )
                        .help("a `${` that is meant as it stands is written `$${`"),
                );
                return None;
            };
            let inner = &text[open + 2..open + length];
            match self.found(inner) {
                Some(value) => out.push_str(&value),
                // Finding the place costs; a string is refused for its first mistakes.
                None if mistakes == MOST_MISTAKES => return None,
                None => {
                    mistakes += 1;
                    let place = self.inner_place(node, Place::new(open, open + length + 1));
                    self.no_variable(inner, place);
                }
            }
            at = open + length + 1;
        }
        out.push_str(&text[at..]);
        (mistakes == 0).then(|| Arc::from(out))
    }

    /// The value of a variable, or its default.
    fn found(&self, inner: &str) -> Option<String> {
        let (name, default) = match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        if !is_variable_name(name) {
            return None;
        }
        self.env.var(name).or_else(|| default.map(str::to_owned))
    }

    fn no_variable(&mut self, inner: &str, place: Place) {
        let name = inner.split_once(":-").map_or(inner, |(name, _)| name);
        if !is_variable_name(name) {
            self.report(
                Report::new(
                    &file::BAD_EXPANSION,
                    place,
                    format!("`{name}` is not the name of a variable"),
                )
                .under("letters, digits and `_`, not beginning with a digit")
                .help("a `${` that is meant as it stands is written `$${`"),
            );
            return;
        }
        self.report(
            Report::new(
                &MISSING_VARIABLE,
                place,
                format!("the environment variable `{name}` is not set"),
            )
            .under("needed here")
            .fix(
                format!("give it a default: `${{{name}:-}}`"),
                place,
                format!("${{{name}:-}}"),
            )
            .help("or set it where the program is started"),
        );
    }
}

pub(crate) fn is_variable_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit())
}
