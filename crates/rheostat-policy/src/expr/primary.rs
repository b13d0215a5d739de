//! Values: literals, names, built-ins, and what is called.

use std::sync::Arc;

use super::built_ins::{self, BUILT_INS};
use super::parser::{Node, Parsed, Parser, joined_places};
use super::token::{TokenKind, is_bare_name};
use super::transforms::TransformDef;
use super::{BuiltIn, Expr, ExprKind, Literal, Ref, codes};
use crate::codes::NOT_IN_THIS_BUILD;
use crate::literal::shortened;
use crate::place::Place;
use crate::problem::Problem;
use crate::suggest;

impl Parser<'_> {
    /// A value without operators.
    pub(super) fn value(&mut self) -> Parsed {
        let place = self.place();
        match self.peek().clone() {
            TokenKind::Literal(literal) => {
                self.at += 1;
                Ok(Self::leaf(ExprKind::Literal(literal), place))
            }
            TokenKind::Name { text, quoted } => {
                if !quoted && *self.peek_second() == TokenKind::Open {
                    return self.call(&text);
                }
                if !quoted && let Some(meant) = self.boolean_by_case(&text) {
                    self.at += 1;
                    let literal = Literal::Bool(meant);
                    return Ok(Self::leaf(ExprKind::Literal(literal), place));
                }
                self.at += 1;
                Ok(self.named(&text, place, Ref::Name))
            }
            TokenKind::Own(name) => {
                self.at += 1;
                Ok(self.named(&name, place, Ref::Own))
            }
            TokenKind::BuiltIn(name) => {
                self.at += 1;
                Ok(self.built_in(&name, place))
            }
            TokenKind::Open => self.parenthesised(),
            TokenKind::Broken => {
                self.at += 1;
                Ok(Self::broken(place))
            }
            TokenKind::Word(_)
            | TokenKind::Compare(_)
            | TokenKind::Bar
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::Close
            | TokenKind::ListOpen
            | TokenKind::ListClose
            | TokenKind::Comma
            | TokenKind::End => Err(self.missing_value()),
        }
    }

    fn parenthesised(&mut self) -> Parsed {
        let start = self.place();
        self.at += 1;
        let mut node = self.deeper(Self::any)?;
        self.close(&TokenKind::Close, start)?;
        // The place of a part holds its parentheses, so that edits can move it whole.
        node.expr.place = joined_places(start, self.last_place());
        Ok(node)
    }

    // === names ===

    /// A field, or what its name means instead.
    pub(super) fn named(
        &mut self,
        name: &Arc<str>,
        place: Place,
        make: fn(Arc<str>) -> Ref,
    ) -> Node {
        if &**name == "message" {
            return Self::leaf(ExprKind::Ref(Ref::BuiltIn(BuiltIn::Message)), place);
        }
        if name.starts_with("log.") {
            self.log_field(name, place);
            return Self::broken(place);
        }
        Self::leaf(ExprKind::Ref(make(name.clone())), place)
    }

    fn log_field(&mut self, name: &str, place: Place) {
        let problem = Problem::new(
            &codes::LOG_FIELD,
            place,
            format!("the field `{}` does not exist here", shortened(name)),
        )
        .label("added by the bridge from the `log` crate");
        let instead = built_ins::LOG_FIELDS
            .iter()
            .find(|(field, _)| *field == name);
        let problem = match instead {
            Some((_, write)) => problem.fix(format!("write `{write}`"), place, *write),
            None => problem.help("write one of @target @module @file @line"),
        };
        self.report(problem);
    }

    fn built_in(&mut self, name: &str, place: Place) -> Node {
        if let Some(mark) = name.strip_prefix("since.") {
            self.not_in_this_build(place, "@since");
            return Self::leaf(ExprKind::Ref(Ref::Since(mark.into())), place);
        }
        let Some(built_in) = BuiltIn::named(name) else {
            self.unknown_built_in(name, place);
            return Self::broken(place);
        };
        if built_in.def().not_in_this_build {
            self.not_in_this_build(place, &format!("@{name}"));
        }
        Self::leaf(ExprKind::Ref(Ref::BuiltIn(built_in)), place)
    }

    fn not_in_this_build(&mut self, place: Place, what: &str) {
        self.report(
            Problem::new(
                &NOT_IN_THIS_BUILD,
                place,
                format!("`{what}` is not in this build yet"),
            )
            .label("known, but not built yet"),
        );
    }

    fn unknown_built_in(&mut self, name: &str, place: Place) {
        let problem = Problem::new(
            &codes::UNKNOWN_BUILT_IN,
            place,
            match name {
                "" => "no name follows this `@`".to_owned(),
                "since" => "`@since` needs the name of a mark, as in `@since.start`".to_owned(),
                name => format!("there is no built-in `@{}`", shortened(name)),
            },
        )
        .label("not a built-in");
        let alias = built_ins::ALIASES.iter().find(|(alias, _)| *alias == name);
        let meant = match alias {
            Some((_, meant)) => Some(*meant),
            None if name == "since" => None,
            None => suggest::closest(name, BUILT_INS.iter().map(|def| def.name)),
        };
        let problem = match meant {
            Some(meant) => problem.fix(format!("write `@{meant}`"), place, format!("@{meant}")),
            None if name == "since" => {
                problem.help("write `@since.NAME`, NAME being that of a `mark`")
            }
            None if is_bare_name(name) => {
                problem.fix("a field is written without `@`", place, name.to_owned())
            }
            None => problem.help("a field is written without `@`"),
        };
        self.report(problem);
    }

    // === calls ===

    /// `name(..)`, the name being next.
    fn call(&mut self, name: &str) -> Parsed {
        let start = self.place();
        match name {
            "has" => self.has(),
            "span" => self.span_field(),
            "env" => self.variable(),
            _ => self.unknown_call(name, start),
        }
    }

    /// What stands in the parentheses of a call, both words before it being next.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.at += 1;
        let open = self.place();
        self.at += 1;
        let mut values = Vec::new();
        while *self.peek() != TokenKind::Close {
            values.push(self.deeper(Self::any)?.expr);
            if !self.take(&TokenKind::Comma) {
                break;
            }
        }
        self.close(&TokenKind::Close, open)?;
        Ok(values)
    }

    /// `has(name)`
    fn has(&mut self) -> Parsed {
        let start = self.place();
        let arguments = self.arguments()?;
        let place = joined_places(start, self.last_place());
        if let [
            Expr {
                kind: ExprKind::Ref(reference),
                ..
            },
        ] = arguments.as_slice()
        {
            return Ok(Self::leaf(ExprKind::Has(reference.clone()), place));
        }
        let problem = Problem::new(&codes::BAD_HAS, place, "`has` takes one name");
        let problem = match arguments.as_slice() {
            [] => problem.label("no name here"),
            [
                Expr {
                    kind: ExprKind::Literal(Literal::Text(name)),
                    place: text,
                },
            ] => {
                let name = name_text(name);
                problem
                    .label("a text is no name")
                    .fix(format!("write `has({name})`"), *text, name)
            }
            [one] => problem.label("an expression has no name").help(format!(
                "write the condition itself: `{}`",
                shortened(self.text(one.place))
            )),
            [first, ..]
                if arguments
                    .iter()
                    .all(|argument| matches!(argument.kind, ExprKind::Ref(_))) =>
            {
                let each: Vec<String> = arguments
                    .iter()
                    .map(|argument| format!("has({})", self.text(argument.place)))
                    .collect();
                let _ = first;
                problem.label("more than one name").fix(
                    "ask for each",
                    place,
                    format!("({})", each.join(" and ")),
                )
            }
            _ => problem.label("more than one argument"),
        };
        self.report(problem);
        Ok(Self::broken(place))
    }

    /// `span('request').name`
    fn span_field(&mut self) -> Parsed {
        let start = self.place();
        let arguments = self.arguments()?;
        let called = joined_places(start, self.last_place());
        let name = match self.peek() {
            TokenKind::Own(name) => Some(name.clone()),
            _ => None,
        };
        if name.is_some() {
            self.at += 1;
        }
        let place = joined_places(start, self.last_place());
        let problem = Problem::new(
            &codes::BAD_SPAN_REF,
            place,
            "a field of a named span is written `span('request').method`",
        );
        let problem = match (arguments.as_slice(), name) {
            (
                [
                    Expr {
                        kind: ExprKind::Literal(Literal::Text(span)),
                        ..
                    },
                ],
                Some(name),
            ) => {
                if name.starts_with("log.") {
                    self.log_field(&name, place);
                    return Ok(Self::broken(place));
                }
                let span = span.clone();
                return Ok(Self::leaf(ExprKind::Ref(Ref::OfSpan { span, name }), place));
            }
            (
                [
                    Expr {
                        kind: ExprKind::Ref(Ref::Name(span)),
                        place: bare,
                    },
                ],
                _,
            ) => problem.label("the name of the span is a text").fix(
                "put it in quotes",
                *bare,
                text_literal(span),
            ),
            ([_], None) => Problem {
                place: called,
                ..problem
            }
            .label("the field is missing behind this")
            .help("add the field, or ask `within` whether there is such a span"),
            _ => problem
                .label("one span's name goes in here, as a text")
                .help("such as `span('request').method`"),
        };
        self.report(problem);
        Ok(Self::broken(place))
    }

    /// `env('NAME')`
    fn variable(&mut self) -> Parsed {
        let start = self.place();
        let arguments = self.arguments()?;
        let place = joined_places(start, self.last_place());
        let problem = match arguments.as_slice() {
            [
                Expr {
                    kind: ExprKind::Literal(Literal::Text(name)),
                    ..
                },
            ] => {
                if let Some(value) = self.env.var(name) {
                    let literal = Literal::Text(value.into());
                    return Ok(Self::leaf(ExprKind::Literal(literal), place));
                }
                Problem::new(
                    &codes::MISSING_VARIABLE,
                    place,
                    format!("the environment variable `{}` is not set", shortened(name)),
                )
                .label("not set")
                .help("set it where the program runs, or write the text itself")
            }
            [
                Expr {
                    kind: ExprKind::Ref(Ref::Name(name)),
                    place: bare,
                },
            ] => Problem::new(
                &codes::BAD_ENV,
                place,
                "`env` takes the name of a variable as a text",
            )
            .label("a field is no name of a variable")
            .fix("put it in quotes", *bare, text_literal(name)),
            _ => Problem::new(&codes::BAD_ENV, place, "`env` takes one name, as a text")
                .label("write `env('NAME')`"),
        };
        self.report(problem);
        Ok(Self::broken(place))
    }

    fn unknown_call(&mut self, name: &str, start: Place) -> Parsed {
        let arguments = self.arguments()?;
        let place = joined_places(start, self.last_place());
        let problem = Problem::new(
            &codes::UNKNOWN_FUNCTION,
            start,
            format!("`{}` is not called here", shortened(name)),
        )
        .label("only has(..), span(..) and env(..) are");
        let lower = name.to_lowercase();
        let transform = self
            .meant_transform(&lower)
            .and_then(TransformDef::named)
            .filter(|def| arguments.len() == def.args.len() + 1);
        let problem = match (transform, arguments.as_slice()) {
            (Some(def), [of, rest @ ..]) => {
                let args: Vec<&str> = rest.iter().map(|arg| self.text(arg.place)).collect();
                let args = if args.is_empty() {
                    String::new()
                } else {
                    format!("({})", args.join(", "))
                };
                let fixed = format!("({} | {}{args})", self.text(of.place), def.name);
                problem.fix(format!("write `{}`", shortened(&fixed)), place, fixed)
            }
            _ => match meant_function(&lower) {
                Some(meant) => problem.fix(format!("write `{meant}`"), start, meant),
                None => problem.help("a field's value is passed on by a bar: `path | lower`"),
            },
        };
        self.report(problem);
        Ok(Self::broken(place))
    }
}

fn meant_function(name: &str) -> Option<&'static str> {
    match name {
        "exists" | "defined" | "is_set" | "isset" | "present" => Some("has"),
        "getenv" | "var" | "environment" => Some("env"),
        "parent" | "ancestor" => Some("span"),
        _ => suggest::closest(name, ["has", "span", "env"]),
    }
}

/// A name as an expression spells it.
pub(super) fn name_text(name: &str) -> String {
    if is_bare_name(name) {
        name.to_owned()
    } else {
        format!("`{}`", name.replace('`', "``"))
    }
}

/// A text as an expression spells it.
pub(super) fn text_literal(text: &str) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
