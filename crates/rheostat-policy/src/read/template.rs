//! Text with holes: `"{method} {route}"`.

use std::sync::Arc;

use super::Reader;
use crate::codes::file;
use crate::diagnostic::Report;
use crate::expr::{self, ExprKind};
use crate::model::{Template, TemplatePart};
use crate::place::Place;
use crate::toml::Node;

impl Reader<'_> {
    pub(crate) fn template(&mut self, node: &Node) -> Option<Template> {
        let text = self.text(node)?;
        if text.is_empty() {
            self.report(
                Report::new(&file::EMPTY_TEXT, node.place, "a template cannot be empty")
                    .under("would name nothing")
                    .help("write one such as `\"{method} {route}\"`, or leave the key out"),
            );
            return None;
        }
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = &*text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            plain.push_str(before);
            if after.starts_with("{{") || after.starts_with("}}") {
                plain.push_str(&after[..1]);
                rest = &after[2..];
                continue;
            }
            let hole = after
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'));
            let Some((inside, tail)) = hole else {
                self.bad_template(node, "a brace stands alone");
                return None;
            };
            if !plain.is_empty() {
                parts.push(TemplatePart::Text(Arc::from(std::mem::take(&mut plain))));
            }
            parts.push(self.hole(node, inside)?);
            rest = tail;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(TemplatePart::Text(Arc::from(plain)));
        }
        Some(Template(parts))
    }

    fn hole(&mut self, node: &Node, inside: &str) -> Option<TemplatePart> {
        match expr::parse(inside.trim(), self.env) {
            Ok(expr) => {
                if let ExprKind::Ref(name) = expr.kind {
                    return Some(TemplatePart::Hole(name));
                }
                self.bad_template(node, &format!("`{inside}` is not the name of a field"));
            }
            Err(_) => self.bad_template(node, &format!("`{inside}` is not the name of a field")),
        }
        None
    }

    fn bad_template(&mut self, node: &Node, why: &str) {
        let place = self.inner_place(node, Place::new(0, node.as_text().map_or(0, |t| t.len())));
        self.report(
            Report::new(
                &file::BAD_TEMPLATE,
                place,
                format!("this is not a template: {why}"),
            )
            .under("such as `{method} {route}`")
            .help("a brace that is meant as it stands is doubled: `{{`"),
        );
    }
}
