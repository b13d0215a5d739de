//! Numbers, durations and sizes: which go together, and what was probably meant.

use super::check::Check;
use super::ty::{self, Ty, quantity, reads_as, type_of};
use super::{Arithmetic, BuiltIn, Comparison, Expr, ExprKind, Literal, Ref, Transform, codes};
use crate::literal;
use crate::model::Level;
use crate::place::Place;
use crate::problem::Problem;

/// Whether two sides can ever be equal.
pub(super) fn comparable(left: &Expr, right: &Expr) -> bool {
    let (left_ty, right_ty) = (type_of(left), type_of(right));
    match (left_ty, right_ty) {
        (Ty::Unknown, _) | (_, Ty::Unknown) | (Ty::Text, Ty::Text) => true,
        (Ty::Text, other) => text_fits(left, other),
        (other, Ty::Text) => text_fits(right, other),
        (left, right) => same_dimension(left, right),
    }
}

/// Whether a text can read as a value of this type.
fn text_fits(text: &Expr, other: Ty) -> bool {
    match &text.kind {
        ExprKind::Literal(Literal::Text(text)) => {
            let reads = reads_as(text);
            reads != Ty::Text && same_dimension(reads, other)
        }
        _ => other != Ty::Bool,
    }
}

/// A size is a number of bytes, so it compares with numbers.
fn same_dimension(left: Ty, right: Ty) -> bool {
    let base = |ty| if ty == Ty::Size { Ty::Number } else { ty };
    base(left) == base(right)
}

/// What a literal on the wrong side of an equality was probably meant to be.
pub(super) fn repaired(expr: &Expr, text: &str, other: &Expr) -> Option<String> {
    let wanted = type_of(other);
    match (&expr.kind, wanted) {
        (ExprKind::Literal(Literal::Integer(_) | Literal::Float(_)), Ty::Duration) => {
            let fixed = format!("{text}ms");
            literal::duration_nanos(&fixed).ok().map(|_| fixed)
        }
        (ExprKind::Literal(Literal::Text(text)), Ty::Bool) => {
            matches!(&**text, "true" | "false").then(|| text.to_string())
        }
        (ExprKind::Literal(Literal::Text(text)), Ty::Duration) => {
            let error = literal::duration_nanos(text).err()?;
            error.fix().map(str::to_owned)
        }
        (ExprKind::Literal(Literal::Text(text)), Ty::Number | Ty::Size) => {
            if let Ok(bytes) = literal::size(text) {
                return Some(literal::format_size(bytes));
            }
            literal::size(text).err()?.fix().map(str::to_owned)
        }
        (ExprKind::Literal(literal), Ty::Text)
            if !matches!(literal, Literal::Text(_))
                && !matches!(other.kind, ExprKind::Literal(_)) =>
        {
            Some(format!("'{text}'"))
        }
        _ => None,
    }
}

/// For `@level >= 'warn'`: the levels that were meant, as a condition.
pub(super) fn levels_meant(side: &Expr, op: Comparison, other: &Expr) -> Option<String> {
    let is_level = |expr: &Expr| matches!(expr.kind, ExprKind::Ref(Ref::BuiltIn(BuiltIn::Level)));
    let ExprKind::Literal(Literal::Text(word)) = &side.kind else {
        return None;
    };
    if !is_level(other) {
        return None;
    }
    let word = word.to_lowercase();
    let level = Level::ALL
        .into_iter()
        .find(|level| level.as_str() == word)?;
    // People mean "this severe and more" by `>=`, whichever side the level stands on.
    let fits = |candidate: &Level| match op {
        Comparison::AtLeast => *candidate <= level,
        Comparison::Greater => *candidate < level,
        Comparison::AtMost => *candidate >= level,
        Comparison::Less => *candidate > level,
        Comparison::Equal | Comparison::NotEqual => false,
    };
    let levels: Vec<String> = Level::ALL
        .into_iter()
        .filter(fits)
        .map(|level| format!("'{}'", level.as_str()))
        .collect();
    (!levels.is_empty()).then(|| format!("@level in [{}]", levels.join(", ")))
}

impl Check<'_> {
    pub(super) fn arithmetic(&mut self, op: Arithmetic, left: &Expr, right: &Expr, place: Place) {
        let fit = [left, right].map(|side| self.is_quantity(side));
        if fit.contains(&false) {
            return;
        }
        let (left_ty, right_ty) = (quantity(left), quantity(right));
        if ty::arithmetic(op, left_ty, right_ty).is_some() {
            return;
        }
        let problem = Problem::new(
            &codes::MIXED_DIMENSIONS,
            place,
            format!(
                "{} {op} {} means nothing",
                left_ty.with_article(),
                right_ty.with_article()
            ),
        )
        .label("always missing");
        let problem = match (&left.kind, &right.kind, left_ty, right_ty) {
            (_, ExprKind::Literal(Literal::Integer(_) | Literal::Float(_)), Ty::Duration, _)
                if op != Arithmetic::Multiply =>
            {
                let fixed = format!("{}ms", self.text(right.place));
                problem.fix(format!("write `{fixed}`"), right.place, fixed)
            }
            (ExprKind::Literal(Literal::Integer(_) | Literal::Float(_)), _, _, Ty::Duration)
                if op != Arithmetic::Multiply =>
            {
                let fixed = format!("{}ms", self.text(left.place));
                problem.fix(format!("write `{fixed}`"), left.place, fixed)
            }
            _ => {
                problem.help("add and subtract values of one kind; multiply and divide by numbers")
            }
        };
        self.report(problem);
    }

    pub(super) fn transform(&mut self, of: &Expr, transform: &Transform, place: Place) {
        let ty = type_of(of);
        let unfit: &[Ty] = match transform {
            Transform::Number => &[Ty::Bool, Ty::Duration, Ty::Size],
            Transform::Duration => &[Ty::Bool, Ty::Number, Ty::Size],
            Transform::Size => &[Ty::Bool, Ty::Duration],
            Transform::Class => &[Ty::Bool, Ty::Duration, Ty::Size],
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
            | Transform::Hash
            | Transform::Default(_)
            | Transform::Unwrap => &[],
        };
        if !unfit.contains(&ty) {
            return;
        }
        let name = transform.to_string();
        let problem = Problem::new(
            &codes::UNFIT_TRANSFORM,
            place,
            format!("`{name}` makes nothing of {}", ty.with_article()),
        )
        .label("always missing");
        let text = self.text(of.place).to_owned();
        let same = matches!((transform, ty), (Transform::Class, _));
        let problem = if same {
            problem.help("`class` is for the numbers of statuses, as in `status | class`")
        } else {
            problem.fix("leave the transform out", place, text)
        };
        self.report(problem);
    }
}
