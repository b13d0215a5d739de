//! Types: what can be known about a value before any record arrives.

use super::{Arithmetic, Expr, ExprKind, Literal, Ref, Transform};
use crate::literal;

/// What a value is, as far as the text of the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// A duration.
    Duration,
    /// A number of bytes.
    Size,
    /// A text, which may read as a number or a duration where one is asked for.
    Text,
    /// Only a record can tell: fields are of any type.
    Unknown,
}

impl Ty {
    /// The word for it, with its article.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Duration => "a duration",
            Self::Size => "a size",
            Self::Text => "a text",
            Self::Unknown => "a value",
        }
    }

    /// Whether it can be one of these.
    fn may_be(self, others: &[Self]) -> bool {
        self == Self::Unknown || others.contains(&self)
    }
}

/// What an expression gives.
pub fn type_of(expr: &Expr) -> Ty {
    match &expr.kind {
        ExprKind::Literal(literal) => type_of_literal(literal),
        ExprKind::Ref(reference) => type_of_ref(reference),
        ExprKind::Pipe(of, transform) => type_of_transform(type_of(of), transform),
        ExprKind::Negate(of) => match quantity(of) {
            Ty::Text => Ty::Unknown,
            ty => ty,
        },
        ExprKind::Arithmetic(op, left, right) => {
            arithmetic(*op, quantity(left), quantity(right)).unwrap_or(Ty::Unknown)
        }
        ExprKind::Compare(..)
        | ExprKind::In(..)
        | ExprKind::Text(..)
        | ExprKind::Matches(..)
        | ExprKind::Has(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_) => Ty::Bool,
    }
}

/// Whether an expression can stand where a condition is due.
pub fn is_condition(expr: &Expr) -> bool {
    type_of(expr).may_be(&[Ty::Bool])
}

/// What a literal is.
pub fn type_of_literal(literal: &Literal) -> Ty {
    match literal {
        Literal::Bool(_) => Ty::Bool,
        Literal::Integer(_) | Literal::Float(_) => Ty::Number,
        Literal::Text(_) => Ty::Text,
        Literal::Duration(_) => Ty::Duration,
        Literal::Size(_) => Ty::Size,
    }
}

fn type_of_ref(reference: &Ref) -> Ty {
    match reference {
        Ref::Name(_) | Ref::Own(_) | Ref::OfSpan { .. } => Ty::Unknown,
        Ref::BuiltIn(built_in) => built_in.def().ty,
        Ref::Since(_) => Ty::Duration,
    }
}

fn type_of_transform(of: Ty, transform: &Transform) -> Ty {
    match transform {
        Transform::Number => Ty::Number,
        Transform::Duration => Ty::Duration,
        Transform::Size => Ty::Size,
        Transform::Default(literal) if type_of_literal(literal) == of => of,
        Transform::Default(_) | Transform::Unwrap => Ty::Unknown,
        Transform::Lower
        | Transform::Upper
        | Transform::Trim
        | Transform::Unquote
        | Transform::Truncate(_)
        | Transform::Before(_)
        | Transform::After(_)
        | Transform::Last(_)
        | Transform::Capture(_)
        | Transform::Replace(..)
        | Transform::Class
        | Transform::Hash => Ty::Text,
    }
}

/// What an expression is where a quantity is asked for: a text may read as any.
///
/// A literal text says which; one that reads as none stays [`Ty::Text`].
pub(super) fn quantity(expr: &Expr) -> Ty {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => reads_as(text),
        _ => match type_of(expr) {
            Ty::Text => Ty::Unknown,
            ty => ty,
        },
    }
}

/// What a text reads as where a number or a duration is asked for.
pub(super) fn reads_as(text: &str) -> Ty {
    if literal::read_number(text).is_some() {
        Ty::Number
    } else if literal::read_duration_text(text).is_some() {
        Ty::Duration
    } else {
        Ty::Text
    }
}

/// What arithmetic gives; `None` where it can only be missing.
pub(super) fn arithmetic(op: Arithmetic, left: Ty, right: Ty) -> Option<Ty> {
    use Ty::{Bool, Duration, Number, Size, Text, Unknown};
    if [left, right].iter().any(|ty| matches!(ty, Bool | Text)) {
        return None;
    }
    match op {
        Arithmetic::Add | Arithmetic::Subtract => match (left, right) {
            (Unknown, other) | (other, Unknown) => Some(other),
            (Number | Size, Size) | (Size, Number) => Some(Size),
            (left, right) => (left == right).then_some(left),
        },
        Arithmetic::Multiply => match (left, right) {
            (Duration, Number | Unknown) | (Number | Unknown, Duration) => Some(Duration),
            (Size, Number) | (Number, Size) => Some(Size),
            (Number, Number) => Some(Number),
            (Unknown, Number | Size | Unknown) | (Number | Size, Unknown) => Some(Unknown),
            _ => None,
        },
        Arithmetic::Divide => match (left, right) {
            (Duration, Number) => Some(Duration),
            (Size, Number) => Some(Size),
            (Duration, Duration) | (Size, Size) | (Number, Number) => Some(Number),
            (Unknown, Duration | Size) => Some(Number),
            (Unknown | Duration | Size | Number, Unknown) | (Unknown, Number) => Some(Unknown),
            (Number, Size) => Some(Number),
            _ => None,
        },
    }
}
