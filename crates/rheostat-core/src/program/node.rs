//! An expression after what a callsite decides was decided.

use std::sync::Arc;

use rheostat_policy::expr::{Arithmetic, Comparison, Pattern, Ref, TextTest, Transform};

use super::load::Load;
use super::siphash::HashKey;
use crate::value::Constant;

/// What is left of an expression for one callsite.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Const(Constant),
    /// The ref is kept for showing.
    Load(Ref, Load),
    Pipe(Box<Self>, Transform),
    /// `| hash`, which needs the policy's key.
    Hash(Box<Self>, HashKey),
    Negate(Box<Self>),
    Arithmetic(Arithmetic, Box<Self>, Box<Self>),
    Compare(Comparison, Box<Self>, Box<Self>),
    In(Box<Self>, Vec<Self>),
    Text(TextTest, Box<Self>, Box<Self>),
    Matches(Box<Self>, Pattern),
    Has(Box<Self>),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    /// The table form's `map`.
    Map(Box<Self>, Arc<[(Arc<str>, Arc<str>)]>),
    /// The table form's `default`.
    OrElse(Box<Self>, Constant),
}

impl Node {
    pub(crate) const MISSING: Self = Self::Const(Constant::Missing);

    pub(crate) fn bool(value: bool) -> Self {
        Self::Const(Constant::Bool(value))
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::Const(Constant::text(text))
    }

    /// The constant it is.
    pub(crate) fn constant(&self) -> Option<&Constant> {
        match self {
            Self::Const(constant) => Some(constant),
            _ => None,
        }
    }

    /// Whether it is decided that it holds, or that it does not, as a condition.
    pub(crate) fn decided(&self) -> Option<bool> {
        self.constant()
            .map(|constant| *constant == Constant::Bool(true))
    }

    /// How dear it is to evaluate, roughly: only the order matters.
    pub(crate) fn cost(&self) -> u32 {
        let all = |nodes: &[Self]| nodes.iter().map(Self::cost).sum::<u32>();
        match self {
            Self::Const(_) => 0,
            Self::Load(_, Load::Slot(_)) => 1,
            Self::Load(_, Load::BuiltIn(_)) => 10,
            Self::Load(..) => 20,
            Self::Pipe(of, Transform::Capture(_) | Transform::Replace(..))
            | Self::Matches(of, _) => 50 + of.cost(),
            Self::Pipe(of, _) | Self::Hash(of, _) | Self::Map(of, _) => 5 + of.cost(),
            Self::Negate(of) | Self::Has(of) | Self::Not(of) | Self::OrElse(of, _) => 1 + of.cost(),
            Self::Arithmetic(_, left, right) | Self::Compare(_, left, right) => {
                1 + left.cost() + right.cost()
            }
            Self::Text(_, left, right) => 3 + left.cost() + right.cost(),
            Self::In(of, list) => 1 + of.cost() + all(list),
            Self::And(parts) | Self::Or(parts) => all(parts),
        }
    }
}
