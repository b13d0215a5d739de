//! Built-ins that are one of a few words, compared with another word.

use super::check::Check;
use super::{BuiltIn, Expr, ExprKind, Literal, Ref, codes};
use crate::literal::shortened;
use crate::model::Level;
use crate::problem::Problem;
use crate::suggest;

const KINDS: [&str; 3] = ["event", "span", "hint"];

/// The words that a built-in can be, where they are few.
fn words_of(expr: &Expr) -> Option<(&'static str, Vec<&'static str>)> {
    match &expr.kind {
        ExprKind::Ref(Ref::BuiltIn(BuiltIn::Level)) => {
            Some(("level", Level::ALL.map(Level::as_str).to_vec()))
        }
        ExprKind::Ref(Ref::BuiltIn(BuiltIn::Kind)) => Some(("kind", KINDS.to_vec())),
        _ => None,
    }
}

/// What others call a level or a kind.
const ALIASES: [(&str, &str); 8] = [
    ("warning", "warn"),
    ("err", "error"),
    ("fatal", "error"),
    ("critical", "error"),
    ("information", "info"),
    ("verbose", "debug"),
    ("log", "event"),
    ("spans", "span"),
];

fn meant(word: &str, words: &[&'static str]) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower);
    alias
        .map(|(_, word)| *word)
        .filter(|word| words.contains(word))
        .or_else(|| words.iter().find(|word| **word == lower).copied())
        .or_else(|| suggest::closest(&lower, words.iter().copied()))
}

impl Check<'_> {
    /// `@level == 'INFO'`
    pub(super) fn vocabulary(&mut self, of: &Expr, value: &Expr) {
        let Some((name, words)) = words_of(of) else {
            return;
        };
        let ExprKind::Literal(Literal::Text(word)) = &value.kind else {
            return;
        };
        if words.contains(&&**word) {
            return;
        }
        let quote = match self.text(value.place).chars().next() {
            Some('"') => '"',
            _ => '\'',
        };
        let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let case_only = words.contains(&&*word.to_lowercase());
        let problem = Problem::new(
            &codes::OUTSIDE_VOCABULARY,
            value.place,
            format!("`@{name}` is never `{}`", shortened(word)),
        )
        .label(if case_only {
            format!("`@{name}` is in lower case")
        } else {
            format!("it is one of {}", listed.join(", "))
        });
        let problem = match meant(word, &words) {
            Some(word) => {
                let fixed = format!("{quote}{word}{quote}");
                problem.fix(format!("write `{fixed}`"), value.place, fixed)
            }
            None => problem.help(format!("write one of {}", listed.join(", "))),
        };
        self.report(problem);
    }
}
