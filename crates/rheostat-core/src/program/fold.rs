//! Deciding what a callsite decides.
//!
//! Tests of level, target and place, fields the callsite does not declare, and
//! whatever follows from them become constants; what is left reads slots.

use std::sync::Arc;

use bumpalo::Bump;
use rheostat_policy::expr::{BuiltIn, Comparison, Expr, ExprKind, Ref, Transform};
use rheostat_policy::model::{Mapped, RuleId};

use super::load::{BuiltInLoad, ErrorSlots, Load, Reach, ScopeLoad};
use super::node::Node;
use super::siphash::HashKey;
use super::transform;
use crate::callsite::{Callsite, CallsiteKind};
use crate::capture::{CaptureBuilder, SlotId};
use crate::names::NameId;
use crate::plan::{PolicyImage, TestId, Wants};
use crate::value::{Constant, arithmetic, compare};

/// What folding knows, and what it notes down on the way.
pub(crate) struct FoldCx<'a> {
    pub(crate) callsite: &'a Callsite,
    pub(crate) image: &'a PolicyImage,
    /// The rule that the expression belongs to.
    pub(crate) rule: RuleId,
    pub(crate) capture: &'a mut CaptureBuilder,
    pub(crate) wants: &'a mut Wants,
}

/// What is left of an expression.
pub(crate) fn fold(expr: &Expr, cx: &mut FoldCx<'_>) -> Node {
    match &expr.kind {
        ExprKind::Literal(literal) => Node::Const(literal.into()),
        ExprKind::Ref(name) => cx.load(name),
        ExprKind::Pipe(of, transform) => piped(fold(of, cx), transform, cx.image.hash_key()),
        ExprKind::Negate(of) => negated(fold(of, cx)),
        ExprKind::Arithmetic(op, left, right) => {
            let (left, right) = (fold(left, cx), fold(right, cx));
            match (left.constant(), right.constant()) {
                (Some(left), Some(right)) => Node::Const(Constant::of(arithmetic::compute(
                    *op,
                    left.value(),
                    right.value(),
                ))),
                (Some(Constant::Missing), _) | (_, Some(Constant::Missing)) => Node::MISSING,
                _ => Node::Arithmetic(*op, left.into(), right.into()),
            }
        }
        ExprKind::Compare(op, left, right) => compared(*op, fold(left, cx), fold(right, cx)),
        ExprKind::In(of, list) => {
            let of = fold(of, cx);
            let list = list.iter().map(|item| fold(item, cx)).collect();
            contained(of, list)
        }
        ExprKind::Text(test, left, right) => {
            let (left, right) = (fold(left, cx), fold(right, cx));
            match (left.constant(), right.constant()) {
                (Some(left), Some(right)) => {
                    Node::bool(transform::text_test(*test, left.value(), right.value()))
                }
                (Some(Constant::Missing), _) | (_, Some(Constant::Missing)) => Node::bool(false),
                _ => Node::Text(*test, left.into(), right.into()),
            }
        }
        ExprKind::Matches(of, pattern) => match fold(of, cx) {
            Node::Const(of) => Node::bool(transform::matches(&pattern.0, of.value())),
            of => Node::Matches(of.into(), pattern.clone()),
        },
        ExprKind::Has(name) => match cx.load(name) {
            Node::Const(of) => Node::bool(of != Constant::Missing),
            of => Node::Has(of.into()),
        },
        ExprKind::Not(of) => {
            let of = fold(of, cx);
            match of.decided() {
                Some(holds) => Node::bool(!holds),
                None => Node::Not(of.into()),
            }
        }
        ExprKind::And(parts) => joined(parts, cx, false),
        ExprKind::Or(parts) => joined(parts, cx, true),
    }
}

/// What is left of a table form.
pub(crate) fn fold_mapped(mapped: &Mapped, cx: &mut FoldCx<'_>) -> Node {
    let mut node = fold(&mapped.of, cx);
    if let Some(map) = &mapped.map {
        let map: Arc<[_]> = map.clone().into();
        node = match node {
            Node::Const(of) => {
                let bump = Bump::new();
                Node::Const(Constant::of(transform::mapped(&map, of.value(), &bump)))
            }
            of => Node::Map(of.into(), map),
        };
    }
    match &mapped.default {
        Some(default) => or_else(node, Constant::Text(default.clone())),
        None => node,
    }
}

/// A node with a stand-in for a missing value.
pub(crate) fn or_else(node: Node, default: Constant) -> Node {
    match node {
        Node::Const(Constant::Missing) => Node::Const(default),
        node @ (Node::Const(_) | Node::OrElse(..)) => node,
        node => Node::OrElse(node.into(), default),
    }
}

fn piped(of: Node, transform: &Transform, key: HashKey) -> Node {
    let bump = Bump::new();
    match (of, transform) {
        (Node::Const(of), Transform::Hash) => {
            Node::Const(Constant::of(transform::hash(of.value(), key, &bump)))
        }
        (Node::Const(of), transform) => {
            Node::Const(Constant::of(transform::apply(transform, of.value(), &bump)))
        }
        (of, Transform::Hash) => Node::Hash(of.into(), key),
        (of, transform) => Node::Pipe(of.into(), transform.clone()),
    }
}

fn negated(of: Node) -> Node {
    match of {
        Node::Const(of) => Node::Const(Constant::of(arithmetic::negate(of.value()))),
        of => Node::Negate(of.into()),
    }
}

fn compared(op: Comparison, left: Node, right: Node) -> Node {
    match (left.constant(), right.constant()) {
        (Some(left), Some(right)) => Node::bool(compare::holds(op, left.value(), right.value())),
        (Some(Constant::Missing), _) | (_, Some(Constant::Missing)) => {
            Node::bool(op == Comparison::NotEqual)
        }
        _ => Node::Compare(op, left.into(), right.into()),
    }
}

fn contained(of: Node, list: Vec<Node>) -> Node {
    let Some(constant) = of.constant() else {
        let is_value = |item: &Node| *item != Node::MISSING;
        let list: Vec<_> = list.into_iter().filter(is_value).collect();
        return if list.is_empty() {
            Node::bool(false)
        } else {
            Node::In(of.into(), list)
        };
    };
    let mut open = Vec::new();
    for item in list {
        match item.constant() {
            Some(item) if compare::equal(constant.value(), item.value()) => {
                return Node::bool(true);
            }
            Some(_) => {}
            None => open.push(item),
        }
    }
    if open.is_empty() || *constant == Constant::Missing {
        return Node::bool(false);
    }
    Node::In(of.into(), open)
}

/// `and` and `or`: a part that `decides` the whole ends it, one that does not is left out.
fn joined(parts: &[Expr], cx: &mut FoldCx<'_>, decides: bool) -> Node {
    let mut open = Vec::new();
    for part in parts {
        let part = fold(part, cx);
        match part.decided() {
            Some(holds) if holds == decides => return Node::bool(decides),
            Some(_) => {}
            None => open.push(part),
        }
    }
    match (open.len(), decides) {
        (0, _) => Node::bool(!decides),
        (_, true) => Node::Or(open),
        (_, false) => Node::And(open),
    }
}

impl FoldCx<'_> {
    /// What a ref reads.
    pub(crate) fn load(&mut self, name: &Ref) -> Node {
        match name {
            Ref::Name(field) if &**field == "message" => self.message(),
            Ref::Name(field) => self.bare(name, field),
            Ref::Own(field) => match self.own(field) {
                Some(slot) => Node::Load(name.clone(), Load::Slot(slot)),
                None => Node::MISSING,
            },
            Ref::OfSpan { span, name: field } => self.of_span(name, span, field),
            Ref::BuiltIn(built_in) => self.built_in(name, *built_in),
            Ref::Since(_) => Node::MISSING,
        }
    }

    /// The tests of the rule's `within` lists; the last one is the rule's own.
    fn within(&self) -> &[TestId] {
        &self.image.reads[self.rule.0 as usize].within
    }

    /// Whether the record is itself a span that passes.
    fn is_itself(&self, test: TestId) -> bool {
        self.image.tests.holds(test, self.callsite)
    }

    fn is_span(&self) -> bool {
        self.callsite.kind == CallsiteKind::Span
    }

    fn own(&mut self, field: &str) -> Option<SlotId> {
        let index = self.callsite.field(field)?;
        Some(self.capture.slot(self.callsite, index))
    }

    fn message(&mut self) -> Node {
        match self.own("message") {
            Some(slot) => Node::Load(Ref::BuiltIn(BuiltIn::Message), Load::Slot(slot)),
            None => Node::MISSING,
        }
    }

    /// Own field if declared, and then enclosing spans only through `within`; else those that show it.
    fn bare(&mut self, name: &Ref, field: &str) -> Node {
        let own = self.own(field);
        let within: Box<[TestId]> = self.within().into();
        let inside = within.iter().any(|test| self.is_itself(*test));
        let level = self.image.policy().defaults.scope_level;
        let reach = match (own, inside, within.is_empty()) {
            (_, true, _) => Some(Reach::All),
            (Some(_), false, true) => None,
            (Some(_), false, false) => Some(Reach::Within(within)),
            (None, false, true) => Some(Reach::Level(level)),
            (None, false, false) => Some(Reach::LevelOrWithin(level, within)),
        };
        let scope = reach.map(|reach| ScopeLoad {
            name: NameId::of(field),
            reach,
        });
        self.wants.scope |= scope.is_some();
        let load = match (own, scope) {
            (Some(slot), Some(scope)) => Load::SlotThenScope(slot, scope),
            (Some(slot), None) => Load::Slot(slot),
            (None, Some(scope)) => Load::Scope(scope),
            (None, None) => return Node::MISSING,
        };
        Node::Load(name.clone(), load)
    }

    fn of_span(&mut self, name: &Ref, span: &str, field: &str) -> Node {
        if self.is_span() && self.callsite.name == span {
            return match self.own(field) {
                Some(slot) => Node::Load(name.clone(), Load::Slot(slot)),
                None => Node::MISSING,
            };
        }
        self.wants.scope = true;
        let load = Load::OfSpan {
            is: self.image.tests.of_name(span),
            name: NameId::of(field),
        };
        Node::Load(name.clone(), load)
    }

    fn built_in(&mut self, name: &Ref, built_in: BuiltIn) -> Node {
        let callsite = self.callsite;
        let optional = |text: Option<&str>| text.map_or(Node::MISSING, Node::text);
        let load = match built_in {
            BuiltIn::Level => return Node::text(callsite.level.as_str()),
            BuiltIn::Target => return Node::text(&callsite.target),
            BuiltIn::Module => return optional(callsite.module.as_deref()),
            BuiltIn::File => return optional(callsite.file.as_deref()),
            BuiltIn::Line => {
                return callsite.line.map_or(Node::MISSING, |line| {
                    Node::Const(Constant::of(crate::value::Value::U64(u64::from(line))))
                });
            }
            BuiltIn::Name => return Node::text(&callsite.name),
            BuiltIn::Kind => return Node::text(kind(callsite.kind)),
            BuiltIn::Callsite => return Node::text(&callsite.shown()),
            BuiltIn::Message => return self.message(),
            BuiltIn::Thread => BuiltInLoad::Thread,
            BuiltIn::Time => BuiltInLoad::Time,
            BuiltIn::TraceId | BuiltIn::SpanId => {
                self.wants.scope = true;
                match built_in {
                    BuiltIn::TraceId => BuiltInLoad::TraceId,
                    _ => BuiltInLoad::SpanId,
                }
            }
            BuiltIn::Span | BuiltIn::Elapsed => return self.of_within(name, built_in),
            BuiltIn::Open | BuiltIn::Cpu | BuiltIn::AllocBytes => return Node::MISSING,
            _ if !self.is_span() => return Node::MISSING,
            BuiltIn::Duration => BuiltInLoad::Duration,
            BuiltIn::Active => BuiltInLoad::Active,
            BuiltIn::Busy => BuiltInLoad::Busy,
            BuiltIn::Idle => BuiltInLoad::Idle,
            BuiltIn::Polls => BuiltInLoad::Polls,
            BuiltIn::Events => BuiltInLoad::Events,
            BuiltIn::Error => BuiltInLoad::Error(ErrorSlots {
                status: self.own("otel.status_code"),
                error: self.own("error"),
                exception: self.own("exception.message"),
            }),
            // A built-in that a later version of the language knows.
            _ => return Node::MISSING,
        };
        Node::Load(name.clone(), Load::BuiltIn(load))
    }

    /// `@span` and `@elapsed`: of the span that the rule's own `within` means.
    fn of_within(&mut self, name: &Ref, built_in: BuiltIn) -> Node {
        let Some(own) = self.within().last().copied() else {
            return Node::MISSING;
        };
        let load = match built_in {
            BuiltIn::Span if self.is_itself(own) => {
                return Node::text(&self.callsite.name);
            }
            BuiltIn::Span => BuiltInLoad::SpanName(own),
            _ if self.is_span() => return Node::MISSING,
            _ => BuiltInLoad::Elapsed(own),
        };
        self.wants.scope = true;
        Node::Load(name.clone(), Load::BuiltIn(load))
    }
}

fn kind(kind: CallsiteKind) -> &'static str {
    match kind {
        CallsiteKind::Event => "event",
        CallsiteKind::Span => "span",
        CallsiteKind::Hint => "hint",
    }
}
