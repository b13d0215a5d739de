//! Transforms and their arguments, and the regular expressions among them.

use std::sync::Arc;

use super::parser::{Parsed, Parser, joined_places};
use super::primary::text_literal;
use super::token::TokenKind;
use super::transforms::{ALIASES, ArgumentKind, TRANSFORMS, TransformDef};
use super::{Expr, ExprKind, Literal, Pattern, Ref, Transform, codes};
use crate::literal::shortened;
use crate::place::Place;
use crate::problem::Problem;
use crate::suggest;

/// How much memory one compiled regular expression may take.
const REGEX_LIMIT: usize = 1 << 20;

impl Parser<'_> {
    /// What stands behind a bar; `None` where it was reported and reading goes on.
    pub(super) fn transform(&mut self, of: &Expr) -> Parsed<Option<Transform>> {
        let start = self.place();
        let name = match self.peek() {
            TokenKind::Name {
                text,
                quoted: false,
            } => text.clone(),
            TokenKind::Word(_) | TokenKind::Literal(Literal::Bool(_)) => self.text(start).into(),
            _ => return Err(self.missing_transform(of)),
        };
        let arguments = if *self.peek_second() == TokenKind::Open {
            self.arguments()?
        } else {
            self.at += 1;
            Vec::new()
        };
        let place = joined_places(start, self.last_place());
        let Some(def) = TransformDef::named(&name) else {
            self.unknown_transform(&name, start);
            return Ok(None);
        };
        if arguments.len() != def.args.len() {
            self.argument_count(def, arguments.len(), place);
            return Ok(None);
        }
        let mut read = Vec::with_capacity(arguments.len());
        for (argument, kind) in arguments.iter().zip(def.args) {
            read.push(self.argument(def, argument, *kind));
        }
        let read: Option<Vec<Argument>> = read.into_iter().collect();
        Ok(read.and_then(|arguments| self.build(def, arguments, place)))
    }

    fn missing_transform(&mut self, of: &Expr) -> super::parser::Stop {
        let place = self.last_place();
        let _ = of;
        self.stop(
            Problem::new(
                &codes::UNKNOWN_TRANSFORM,
                place,
                "the name of a transform is due behind `|`",
            )
            .label("nothing that transforms stands behind this")
            .help("two conditions are joined by `or`"),
        )
    }

    pub(super) fn meant_transform(&self, name: &str) -> Option<&'static str> {
        ALIASES
            .iter()
            .find(|(alias, _)| *alias == name)
            .map(|(_, meant)| *meant)
            .or_else(|| suggest::closest(name, TRANSFORMS.iter().map(|def| def.name)))
    }

    fn unknown_transform(&mut self, name: &str, place: Place) {
        let problem = Problem::new(
            &codes::UNKNOWN_TRANSFORM,
            place,
            format!("there is no transform `{}`", shortened(name)),
        )
        .label("not a transform");
        let lower = name.to_lowercase();
        let problem = match self.meant_transform(&lower) {
            Some(meant) => problem.fix(format!("write `{meant}`"), place, meant),
            None => {
                let names: Vec<&str> = TRANSFORMS.iter().map(|def| def.name).collect();
                problem.help(format!("the transforms are {}", names.join(" ")))
            }
        };
        self.report(problem);
    }

    fn argument_count(&mut self, def: &TransformDef, found: usize, place: Place) {
        let takes = match def.args.len() {
            0 => "no argument".to_owned(),
            1 => "1 argument".to_owned(),
            n => format!("{n} arguments"),
        };
        let problem = Problem::new(
            &codes::ARGUMENT_COUNT,
            place,
            format!("`{}` takes {takes}, not {found}", def.name),
        )
        .label(format!("written `{}`", def.signature()));
        let problem = if def.args.is_empty() {
            problem.fix(format!("write `{}`", def.name), place, def.name)
        } else {
            problem.help(format!("for example `{}`", def.example))
        };
        self.report(problem);
    }

    fn argument(
        &mut self,
        def: &TransformDef,
        expr: &Expr,
        kind: ArgumentKind,
    ) -> Option<Argument> {
        match (kind, &expr.kind) {
            (ArgumentKind::Count, ExprKind::Literal(Literal::Integer(count))) => {
                if let Ok(count) = usize::try_from(*count) {
                    return Some(Argument::Count(count));
                }
            }
            (ArgumentKind::Text, ExprKind::Literal(Literal::Text(text))) => {
                return Some(Argument::Text(text.clone()));
            }
            (ArgumentKind::Regex, ExprKind::Literal(Literal::Text(text))) => {
                return self.compile(text, expr.place).map(Argument::Regex);
            }
            (ArgumentKind::Literal, ExprKind::Literal(literal)) => {
                return Some(Argument::Literal(literal.clone()));
            }
            _ => {}
        }
        self.argument_type(def, expr, kind);
        None
    }

    fn argument_type(&mut self, def: &TransformDef, expr: &Expr, kind: ArgumentKind) {
        if matches!(&expr.kind, ExprKind::Ref(Ref::Name(name)) if name.is_empty()) {
            return; // Reported already.
        }
        let problem = Problem::new(
            &codes::ARGUMENT_TYPE,
            expr.place,
            format!("`{}` takes {} here", def.name, kind.with_article()),
        )
        .label(format!("not {}", kind.with_article()));
        let text = self.text(expr.place);
        let problem = match (&expr.kind, kind) {
            (_, ArgumentKind::Count) => match &expr.kind {
                ExprKind::Literal(Literal::Text(digits)) if digits.parse::<usize>().is_ok() => {
                    problem.fix("remove the quotes", expr.place, &**digits)
                }
                _ => problem.help(format!("for example `{}`", def.example)),
            },
            (ExprKind::Ref(Ref::Name(_)) | ExprKind::Literal(_), _) => problem.fix(
                "put it in quotes",
                expr.place,
                text_literal(text.trim_matches('`')),
            ),
            _ => problem.help(format!("for example `{}`", def.example)),
        };
        self.report(problem);
    }

    fn build(
        &mut self,
        def: &TransformDef,
        arguments: Vec<Argument>,
        place: Place,
    ) -> Option<Transform> {
        let mut arguments = arguments.into_iter();
        Some(match (def.name, arguments.next(), arguments.next()) {
            ("lower", None, None) => Transform::Lower,
            ("upper", None, None) => Transform::Upper,
            ("trim", None, None) => Transform::Trim,
            ("unquote", None, None) => Transform::Unquote,
            ("number", None, None) => Transform::Number,
            ("duration", None, None) => Transform::Duration,
            ("size", None, None) => Transform::Size,
            ("class", None, None) => Transform::Class,
            ("hash", None, None) => Transform::Hash,
            ("unwrap", None, None) => Transform::Unwrap,
            ("truncate", Some(Argument::Count(count)), None) => Transform::Truncate(count),
            ("before", Some(Argument::Text(text)), None) => Transform::Before(text),
            ("after", Some(Argument::Text(text)), None) => Transform::After(text),
            ("last", Some(Argument::Text(text)), None) => Transform::Last(text),
            ("default", Some(Argument::Literal(literal)), None) => Transform::Default(literal),
            ("replace", Some(Argument::Regex(pattern)), Some(Argument::Text(text))) => {
                Transform::Replace(pattern, text)
            }
            ("capture", Some(Argument::Regex(pattern)), None) => {
                if !self.one_group(&pattern, place) {
                    return None;
                }
                Transform::Capture(pattern)
            }
            _ => return None,
        })
    }

    fn one_group(&mut self, pattern: &Pattern, place: Place) -> bool {
        let groups = pattern.0.captures_len() - 1;
        if groups == 1 {
            return true;
        }
        let problem = Problem::new(
            &codes::CAPTURE_GROUPS,
            place,
            match groups {
                0 => "the regular expression of `capture` has no group".to_owned(),
                n => format!("the regular expression of `capture` has {n} groups, not one"),
            },
        )
        .label("exactly one group says what is captured");
        let problem = match groups {
            0 => {
                let whole = format!(
                    "capture({})",
                    text_literal(&format!("({})", pattern.0.as_str()))
                );
                problem.fix("capture all that it matches", place, whole)
            }
            _ => problem.help("write `(?:..)` for groups that only bracket"),
        };
        self.report(problem);
        false
    }

    // === regular expressions ===

    /// The right side of `matches`.
    pub(super) fn pattern(&mut self, expr: &Expr) -> Option<Pattern> {
        match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) => self.compile(text, expr.place),
            ExprKind::Ref(Ref::Name(name)) if name.is_empty() => None,
            _ => {
                let text = self.text(expr.place);
                let problem = Problem::new(
                    &codes::REGEX_EXPECTED,
                    expr.place,
                    "`matches` takes a regular expression, written as a text",
                )
                .label("not a text in quotes");
                let problem = match text
                    .strip_prefix('/')
                    .and_then(|text| text.strip_suffix('/'))
                {
                    Some(inner) => problem.fix("put it in quotes", expr.place, text_literal(inner)),
                    None if matches!(
                        expr.kind,
                        ExprKind::Ref(Ref::Name(_)) | ExprKind::Literal(_)
                    ) =>
                    {
                        problem.fix(
                            "put it in quotes",
                            expr.place,
                            text_literal(text.trim_matches('`')),
                        )
                    }
                    None => problem
                        .help("to compare two values of the record, write `contains` or `==`"),
                };
                self.report(problem);
                None
            }
        }
    }

    fn compile(&mut self, text: &str, place: Place) -> Option<Pattern> {
        match compile_regex(text) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                let problem = Problem::new(
                    &codes::BAD_REGEX,
                    place,
                    format!("the regular expression cannot be read: {reason}"),
                )
                .label(reason)
                .help("the syntax is that of the `regex` crate; a backslash makes `(` a plain character");
                self.report(problem);
                None
            }
        }
    }
}

/// An argument that was read.
enum Argument {
    Count(usize),
    Text(Arc<str>),
    Regex(Pattern),
    Literal(Literal),
}

/// Compiles a regular expression of the language: unanchored, linear, of bounded size.
///
/// # Errors
///
/// The reason in one clause, in the words of the `regex` crate.
pub fn compile_regex(text: &str) -> Result<Pattern, String> {
    regex::RegexBuilder::new(text)
        .size_limit(REGEX_LIMIT)
        .dfa_size_limit(REGEX_LIMIT)
        .nest_limit(64)
        .build()
        .map(Pattern)
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => {
                format!(
                    "it takes more than {} once compiled",
                    crate::literal::format_size(limit as u64)
                )
            }
            other => {
                // The message is a drawing with the reason on its last line.
                let drawing = other.to_string();
                let last = drawing.lines().last().unwrap_or("").trim();
                last.strip_prefix("error: ").unwrap_or(last).to_owned()
            }
        })
}
