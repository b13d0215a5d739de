//! What the random cases have exercised: every feature must be seen to hold and not to hold.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rheostat_policy::expr::{Expr, ExprKind, Ref, Transform};

static SEEN: Mutex<BTreeMap<String, (u64, u64)>> = Mutex::new(BTreeMap::new());

/// One use of a feature.
pub(crate) fn note(feature: impl Into<String>, held: bool) {
    let mut seen = SEEN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let (yes, no) = seen.entry(feature.into()).or_default();
    *(if held { yes } else { no }) += 1;
}

/// One evaluated condition: the verdict counts for everything that stands in it.
pub(crate) fn note_condition(expr: &Expr, held: bool) {
    let mut features = Vec::new();
    collect(expr, &mut features);
    features.into_iter().for_each(|feature| note(feature, held));
}

/// The features that were not seen both ways.
pub(crate) fn missing(expected: &[&str]) -> Vec<String> {
    let seen = SEEN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let both =
        |feature: &&&str| matches!(seen.get(**feature), Some((yes, no)) if *yes > 0 && *no > 0);
    expected
        .iter()
        .filter(|feature| !both(feature))
        .map(|feature| {
            let (yes, no) = seen.get(*feature).copied().unwrap_or_default();
            format!("{feature} (held {yes} times, did not hold {no} times)")
        })
        .collect()
}

fn collect(expr: &Expr, features: &mut Vec<String>) {
    let children: Vec<&Expr> = match &expr.kind {
        ExprKind::Literal(_) => vec![],
        ExprKind::Ref(name) => {
            features.push(reference(name));
            vec![]
        }
        ExprKind::Has(name) => {
            features.extend(["has".to_owned(), reference(name)]);
            vec![]
        }
        ExprKind::Pipe(of, transform) => {
            features.push(piped(transform));
            vec![of]
        }
        ExprKind::Negate(of) => {
            features.push("unary -".to_owned());
            vec![of]
        }
        ExprKind::Arithmetic(operator, left, right) => {
            features.push(format!("{operator:?}"));
            vec![left, right]
        }
        ExprKind::Compare(operator, left, right) => {
            features.push(format!("{operator:?}"));
            vec![left, right]
        }
        ExprKind::Text(test, left, right) => {
            features.push(format!("{test:?}"));
            vec![left, right]
        }
        ExprKind::In(of, list) => {
            features.push("in".to_owned());
            std::iter::once(&**of).chain(list).collect()
        }
        ExprKind::Matches(of, _) => {
            features.push("matches".to_owned());
            vec![of]
        }
        ExprKind::Not(of) => {
            features.push("not".to_owned());
            vec![of]
        }
        ExprKind::And(parts) => {
            features.push("and".to_owned());
            parts.iter().collect()
        }
        ExprKind::Or(parts) => {
            features.push("or".to_owned());
            parts.iter().collect()
        }
    };
    children
        .into_iter()
        .for_each(|child| collect(child, features));
}

/// A transform made something of a value, or nothing.
pub(crate) fn note_transform(transform: &Transform, made: bool) {
    note(format!("{} fits", piped(transform)), made);
}

fn piped(transform: &Transform) -> String {
    let shown = format!("{transform:?}");
    let word = shown.split(['(', ' ']).next().unwrap_or_default();
    format!("| {}", word.to_lowercase())
}

fn reference(name: &Ref) -> String {
    match name {
        Ref::Name(_) => "name".to_owned(),
        Ref::Own(_) => ".name".to_owned(),
        Ref::OfSpan { .. } => "span('x').name".to_owned(),
        Ref::BuiltIn(name) => format!("@{name:?}"),
        Ref::Since(_) => "@since".to_owned(),
    }
}
