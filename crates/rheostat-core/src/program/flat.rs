//! A node laid out flat.

use std::sync::Arc;

use regex::Regex;
use rheostat_policy::expr::{Arithmetic, Comparison, TextTest, Transform};

use super::groups::OnlyGroup;
use super::load::{BuiltInLoad, Load, ScopeLoad};
use super::node::Node;
use super::siphash::HashKey;
use crate::capture::SlotId;
use crate::value::{Constant, Value};

/// The position of an operation in its program.
pub(crate) type At = u32;

/// A value or a condition, ready to be evaluated for the records of one callsite.
#[derive(Clone, Debug)]
pub struct Program {
    // Operands stand before the operation that uses them; the last operation is the result.
    pub(super) ops: Box<[Op]>,
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A constant that is no text.
    Plain(Value<'static>),
    /// A constant that is one.
    Text(Arc<str>),
    Load(Load),
    Pipe(At, Transform),
    Hash(At, HashKey),
    /// `| capture(re)`.
    Capture(At, OnlyGroup),
    Negate(At),
    Arithmetic(Arithmetic, At, At),
    Compare(Comparison, At, At),
    In(At, Box<[At]>),
    TextTest(TextTest, At, At),
    Matches(At, Regex),
    Has(At),
    Not(At),
    And(Box<[At]>),
    Or(Box<[At]>),
    Map(At, Arc<[(Arc<str>, Arc<str>)]>),
    OrElse(At, Constant),
    /// What most conditions are made of: a field compared with a constant that is no text.
    CompareField(Comparison, SlotId, Value<'static>),
    /// What most labels are: a field, and a text where it is missing.
    FieldOr(SlotId, Arc<str>),
}

impl Program {
    /// Lays a node out.
    pub(crate) fn of(node: Node) -> Self {
        let mut ops = Vec::new();
        push(node, &mut ops);
        Self { ops: ops.into() }
    }

    /// The value it always has, where the callsite decides it: nothing is evaluated then.
    pub fn constant(&self) -> Option<Value<'_>> {
        match &*self.ops {
            [Op::Plain(value)] => Some(*value),
            [Op::Text(text)] => Some(Value::Text(text)),
            _ => None,
        }
    }

    /// The captured field that it is, and what stands in for a missing one.
    pub(crate) fn own_slot(&self) -> Option<(SlotId, Option<&str>)> {
        match &*self.ops {
            [Op::Load(Load::Slot(slot))] => Some((*slot, None)),
            [Op::FieldOr(slot, default)] => Some((*slot, Some(default))),
            _ => None,
        }
    }

    /// The name of a span around that it is, and what stands in for a missing one.
    pub(crate) fn in_scope(&self) -> Option<(&ScopeLoad, Option<&str>)> {
        match &*self.ops {
            [Op::Load(Load::Scope(load))] => Some((load, None)),
            [
                Op::Load(Load::Scope(load)),
                Op::OrElse(0, Constant::Text(default)),
            ] => Some((load, Some(default))),
            _ => None,
        }
    }

    /// Whether it is the duration of the span.
    pub(crate) fn is_duration(&self) -> bool {
        matches!(&*self.ops, [Op::Load(Load::BuiltIn(BuiltInLoad::Duration))])
    }

    /// Whether it reads a timing of the span, which a span that nobody timed does not have.
    pub fn reads_timings(&self) -> bool {
        self.ops.iter().any(|op| {
            matches!(
                op,
                Op::Load(Load::BuiltIn(
                    BuiltInLoad::Duration
                        | BuiltInLoad::Active
                        | BuiltInLoad::Busy
                        | BuiltInLoad::Idle
                ))
            )
        })
    }

    pub(super) fn root(&self) -> At {
        to_at(self.ops.len() - 1)
    }
}

fn to_at(index: usize) -> At {
    // A policy text is at most 4 MiB, so no program comes near this.
    At::try_from(index).unwrap_or(At::MAX)
}

fn push(node: Node, ops: &mut Vec<Op>) -> At {
    let op = match shortened(node) {
        Ok(op) => op,
        Err(node) => spelled_out(node, ops),
    };
    ops.push(op);
    to_at(ops.len() - 1)
}

/// The frequent forms, as one operation.
fn shortened(node: Node) -> Result<Op, Node> {
    match &node {
        Node::Compare(op, left, right) => match (&**left, &**right) {
            (Node::Load(_, Load::Slot(slot)), Node::Const(constant)) => {
                match plain(constant.clone()) {
                    Ok(value) => Ok(Op::CompareField(*op, *slot, value)),
                    Err(_) => Err(node),
                }
            }
            _ => Err(node),
        },
        Node::OrElse(of, Constant::Text(default)) => match &**of {
            Node::Load(_, Load::Slot(slot)) => Ok(Op::FieldOr(*slot, default.clone())),
            _ => Err(node),
        },
        _ => Err(node),
    }
}

/// A constant as a value that borrows nothing; a text is given back.
fn plain(constant: Constant) -> Result<Value<'static>, Arc<str>> {
    Ok(match constant {
        Constant::Text(text) => return Err(text),
        Constant::Missing => Value::Missing,
        Constant::Bool(value) => Value::Bool(value),
        Constant::Number(number) => number.value(),
        Constant::Duration(nanos) => Value::Duration(nanos),
        Constant::Size(bytes) => Value::Size(bytes),
    })
}

fn spelled_out(node: Node, ops: &mut Vec<Op>) -> Op {
    match node {
        Node::Const(constant) => match plain(constant) {
            Ok(value) => Op::Plain(value),
            Err(text) => Op::Text(text),
        },
        Node::Load(_, load) => Op::Load(load),
        Node::Pipe(of, Transform::Capture(pattern)) => {
            Op::Capture(push(*of, ops), OnlyGroup::new(pattern.0))
        }
        Node::Pipe(of, transform) => Op::Pipe(push(*of, ops), transform),
        Node::Hash(of, key) => Op::Hash(push(*of, ops), key),
        Node::Negate(of) => Op::Negate(push(*of, ops)),
        Node::Arithmetic(op, left, right) => {
            Op::Arithmetic(op, push(*left, ops), push(*right, ops))
        }
        Node::Compare(op, left, right) => Op::Compare(op, push(*left, ops), push(*right, ops)),
        Node::In(of, list) => Op::In(push(*of, ops), push_all(list, ops)),
        Node::Text(test, left, right) => Op::TextTest(test, push(*left, ops), push(*right, ops)),
        Node::Matches(of, pattern) => Op::Matches(push(*of, ops), pattern.0),
        Node::Has(of) => Op::Has(push(*of, ops)),
        Node::Not(of) => Op::Not(push(*of, ops)),
        Node::And(parts) => Op::And(push_all(cheapest_first(parts), ops)),
        Node::Or(parts) => Op::Or(push_all(cheapest_first(parts), ops)),
        Node::Map(of, map) => Op::Map(push(*of, ops), map),
        Node::OrElse(of, default) => Op::OrElse(push(*of, ops), default),
    }
}

fn push_all(nodes: Vec<Node>, ops: &mut Vec<Op>) -> Box<[At]> {
    nodes.into_iter().map(|node| push(node, ops)).collect()
}

/// Parts of `and` and `or` may be asked in any order, since asking changes nothing.
fn cheapest_first(mut parts: Vec<Node>) -> Vec<Node> {
    parts.sort_by_key(Node::cost);
    parts
}
