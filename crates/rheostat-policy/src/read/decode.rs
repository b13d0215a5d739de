//! One value read as the type that its definition names.

use std::sync::Arc;

use super::Reader;
use super::any_of::fits;
use super::secret::looks_like_secret;
use super::spelling::{expected, words_in};
use crate::codes::file;
use crate::diagnostic::Report;
use crate::literal;
use crate::model::{Arg, Level};
use crate::toml::{Node, Value};
use crate::vocabulary::Type;

impl Reader<'_> {
    /// The typed value; `None` after a finding, and for what its own reader decodes.
    pub(crate) fn decode(&mut self, node: &Node, ty: &Type) -> Option<Arg> {
        if !fits(ty, node) {
            self.unfit(node, ty);
            return None;
        }
        match ty {
            Type::Bool
            | Type::Integer(..)
            | Type::Float
            | Type::Duration
            | Type::Period
            | Type::Size
            | Type::Rate
            | Type::Ratio => self.quantity(node, ty),
            Type::Text
            | Type::Path
            | Type::SinkName
            | Type::RingName
            | Type::MetricName
            | Type::Unit
            | Type::Address
            | Type::FileMode
            | Type::Url => self.text_of(node, ty).map(Arg::Text),
            Type::OwnFile => self.own_file(node).map(Arg::Text),
            Type::Raw => node.as_text().cloned().map(Arg::Text),
            Type::Level => self.level(node).map(Arg::Level),
            Type::Choice(words) => self.choice(node, words, &[]),
            Type::ChoiceWithLater(words, later) => self.choice(node, words, later),
            Type::Value | Type::Mapped if node.as_table().is_none() => {
                self.value(node).map(Arg::Expr)
            }
            Type::Condition => self.condition(node).map(Arg::Expr),
            Type::Template => self.template(node).map(Arg::Template),
            Type::FieldGlobs => self.field_globs(node).map(Arg::Globs),
            Type::Values => self.values(node).map(Arg::Exprs),
            Type::TextMap => self.text_map(node).map(Arg::Map),
            Type::Secret => self.secret(node).map(Arg::Secret),
            Type::Table(_)
            | Type::OrFalse(_)
            | Type::AnyOf(_)
            | Type::EitherOr(..)
            | Type::Beside(..)
            | Type::List(_)
            | Type::OneOrMany(_)
            | Type::Named(_) => self.composed(node, ty),
            // These have readers of their own, which need more than one value to judge.
            Type::Value
            | Type::Mapped
            | Type::Any
            | Type::PathGlob
            | Type::FileGlob
            | Type::NameGlob
            | Type::Lines
            | Type::LevelSet
            | Type::DateTime
            | Type::Selector
            | Type::Labels
            | Type::LabelSets
            | Type::Redactions
            | Type::Buckets => None,
        }
    }

    /// Types made of types. What is made of types with readers of their own is read there.
    fn composed(&mut self, node: &Node, ty: &Type) -> Option<Arg> {
        match ty {
            Type::Table(keys) => {
                let table = node.as_table()?;
                let read = self.walk(table, node.place, keys, "this table");
                Some(Arg::Table(read.args))
            }
            Type::OrFalse(of) => match node.value {
                Value::Bool(value) => Some(Arg::Bool(value)),
                _ => self.decode(node, of),
            },
            Type::AnyOf(types) => {
                let ty = types.iter().find(|ty| fits(ty, node))?;
                self.decode(node, ty)
            }
            Type::EitherOr(_, of) | Type::Beside(_, of) => self.decode(node, of),
            Type::List(of) => self.list(node, of),
            Type::OneOrMany(of) if simple(of) => self.list(node, of),
            Type::Named(of) if simple(of) => self.named(node, of),
            _ => None,
        }
    }

    fn quantity(&mut self, node: &Node, ty: &Type) -> Option<Arg> {
        match ty {
            Type::Bool => match node.value {
                Value::Bool(value) => Some(Arg::Bool(value)),
                _ => None,
            },
            Type::Integer(low, high) => self.integer(node, *low, *high).map(Arg::Integer),
            Type::Float => self.float(node).map(Arg::Float),
            Type::Duration => self.literal(node, literal::duration).map(Arg::Duration),
            Type::Period => self.period(node).map(Arg::Duration),
            Type::Size => self.size(node).map(Arg::Size),
            Type::Rate => {
                let rate = self.literal(node, literal::rate)?;
                Some(Arg::Float(rate.per_second()))
            }
            Type::Ratio => self.ratio(node).map(Arg::Float),
            _ => None,
        }
    }

    fn unfit(&mut self, node: &Node, ty: &Type) {
        if node.as_text().is_some() && takes_list(ty) {
            let list = format!("[{}]", self.written(node.place));
            let report = not_that(node, &expected(ty));
            self.report(report.fix(format!("write `{list}`"), node.place, list));
            return;
        }
        let quoted = (*ty == Type::DateTime).then(|| node.as_text()).flatten();
        let Some(text) = quoted.and_then(|text| as_moment(text)) else {
            return self.wrong_type(node, &expected(ty));
        };
        self.report(
            Report::new(
                &file::WRONG_TYPE,
                node.place,
                "a date and time stands without quotes",
            )
            .under("this is a string")
            .fix(format!("write `{text}`"), node.place, text),
        );
    }

    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str) {
        if looks_like_secret(node) {
            self.secret_elsewhere(node);
            return;
        }
        let report = not_that(node, expected);
        let written = format!("\"{}\"", self.written(node.place));
        self.report(if expected == "a string" && lacks_quotes(node) {
            report.fix(format!("write `{written}`"), node.place, written)
        } else {
            report.help(format!("write {expected} here"))
        });
    }

    fn list(&mut self, node: &Node, of: &Type) -> Option<Arg> {
        let mut out = Vec::new();
        let mut fine = true;
        for element in node.one_or_many() {
            match self.decode(element, of) {
                Some(arg) => out.push(arg),
                None => fine = false,
            }
        }
        fine.then_some(Arg::List(out))
    }

    fn named(&mut self, node: &Node, of: &Type) -> Option<Arg> {
        let mut out = Vec::new();
        let mut fine = true;
        for entry in &node.as_table()?.entries {
            match self.decode(&entry.node, of) {
                Some(arg) => out.push((entry.key.clone(), arg)),
                None => fine = false,
            }
        }
        fine.then_some(Arg::Named(out))
    }

    fn text_map(&mut self, node: &Node) -> Option<Vec<(Arc<str>, Arc<str>)>> {
        let mut out = Vec::new();
        let mut fine = true;
        for entry in &node.as_table()?.entries {
            match self.text(&entry.node) {
                Some(text) => out.push((entry.key.clone(), text)),
                None => fine = false,
            }
        }
        fine.then_some(out)
    }

    pub(crate) fn level(&mut self, node: &Node) -> Option<Level> {
        let text = self.text(node)?;
        self.level_named(&text, node)
    }

    pub(crate) fn level_named(&mut self, text: &str, node: &Node) -> Option<Level> {
        if let Some(level) = Level::ALL.into_iter().find(|level| level.as_str() == text) {
            return Some(level);
        }
        let words = Level::ALL.map(Level::as_str);
        let mut report = Report::new(
            &file::BAD_LEVEL,
            node.place,
            format!("no level is called `{text}`"),
        )
        .under(format!("one of {}", words_in(&words)));
        let near = if text.eq_ignore_ascii_case("warning") {
            Some("warn")
        } else {
            self.near(text, words)
        };
        report = match near {
            Some(word) => report.fix(format!("write `{word}`"), node.place, format!("\"{word}\"")),
            None => report.help("write one of these words"),
        };
        self.report(report);
        None
    }

    /// One of a few words, which its reader gets back as it stands in the definition.
    fn choice(
        &mut self,
        node: &Node,
        words: &[&'static str],
        later: &[&'static str],
    ) -> Option<Arg> {
        let text = self.text(node)?;
        if let Some(word) = words.iter().find(|word| **word == &*text) {
            return Some(Arg::Text(Arc::from(*word)));
        }
        if let Some(word) = later.iter().find(|word| **word == &*text) {
            self.not_in_this_build(node.place, &format!("`{word}`"));
            return Some(Arg::Text(Arc::from(*word)));
        }
        let all = [words, later].concat();
        let mut report = Report::new(
            &file::UNKNOWN_CHOICE,
            node.place,
            format!("`{text}` is none of {}", words_in(&all)),
        )
        .under("not known here");
        report = match self.near(&text, words.iter().copied()) {
            Some(word) => report.fix(format!("write `{word}`"), node.place, format!("\"{word}\"")),
            None => report.help("write one of these words"),
        };
        self.report(report);
        None
    }
}

fn not_that(node: &Node, expected: &str) -> Report {
    Report::new(
        &file::WRONG_TYPE,
        node.place,
        format!("expected {expected}"),
    )
    .under(format!("this is {}", node.value.what()))
}

/// Whether a value only lacks the quotes of a string.
fn lacks_quotes(node: &Node) -> bool {
    match node.value {
        Value::Integer(_) | Value::HugeInteger | Value::Float(_) | Value::Bool(_) => true,
        Value::Text(_) | Value::DateTime(_) | Value::List(_) | Value::Table(_) => false,
    }
}

/// Whether a list of texts may stand there.
fn takes_list(ty: &Type) -> bool {
    match ty {
        Type::FieldGlobs | Type::Values | Type::Redactions => true,
        Type::List(of) => matches!(**of, Type::Text | Type::Choice(_) | Type::Path),
        Type::AnyOf(types) => types.iter().any(takes_list),
        _ => false,
    }
}

/// A moment in quotes as it stands without; one without an offset is read as UTC.
fn as_moment(text: &str) -> Option<String> {
    let text = text.trim();
    let spelled = if text.parse::<jiff::Timestamp>().is_ok() {
        text.to_owned()
    } else if text.len() == "2026-03-01".len() && text.parse::<jiff::civil::Date>().is_ok() {
        format!("{text}T00:00:00Z")
    } else if text.parse::<jiff::civil::DateTime>().is_ok() {
        format!("{text}Z")
    } else {
        return None;
    };
    // Both readers must agree: one takes spellings that TOML does not.
    let read = crate::toml::parse_value(&spelled)?;
    matches!(read.value, Value::DateTime(_)).then_some(spelled)
}

/// Whether each value of the type can be judged alone.
fn simple(ty: &Type) -> bool {
    match ty {
        Type::OneOrMany(of) | Type::List(of) | Type::Named(of) | Type::OrFalse(of) => simple(of),
        // A table that is one of several spellings has no reader of its own.
        Type::AnyOf(types) => types
            .iter()
            .all(|ty| matches!(ty, Type::Table(_)) || simple(ty)),
        Type::Mapped
        | Type::Any
        | Type::PathGlob
        | Type::FileGlob
        | Type::NameGlob
        | Type::Lines
        | Type::LevelSet
        | Type::DateTime
        | Type::Selector
        | Type::Labels
        | Type::LabelSets
        | Type::Redactions
        | Type::Buckets
        | Type::Table(_) => false,
        _ => true,
    }
}
