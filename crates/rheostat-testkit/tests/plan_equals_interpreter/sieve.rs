//! Conditions that a look at an event's own fields decides: comparisons of them with constants.

use rheostat_core::Callsite;
use rheostat_policy::expr::{Expr, ExprKind, Literal, Ref};

use crate::coverage::note;
use crate::world::Recorded;

/// Such a condition, at a callsite that declares all its fields.
#[derive(Clone, Debug)]
pub(crate) struct Comparisons {
    fields: Vec<usize>,
    features: Vec<String>,
}

impl Comparisons {
    /// `None` where it is no such condition.
    pub(crate) fn of(condition: Option<&Expr>, callsite: &Callsite) -> Option<Self> {
        let condition = condition?;
        let (parts, whole) = match &condition.kind {
            ExprKind::And(parts) => (&parts[..], Some("sieve and")),
            ExprKind::Or(parts) => (&parts[..], Some("sieve or")),
            _ => (std::slice::from_ref(condition), None),
        };
        let mut all = Self {
            fields: Vec::new(),
            features: Vec::new(),
        };
        for part in parts {
            let ExprKind::Compare(op, left, right) = &part.kind else {
                return None;
            };
            let (ExprKind::Ref(Ref::Own(field) | Ref::Name(field)), ExprKind::Literal(constant)) =
                (&left.kind, &right.kind)
            else {
                return None;
            };
            all.fields.push(callsite.field(field)?);
            if whole.is_none() {
                all.features.push(format!("sieve {op:?}"));
                all.features.push(format!("sieve of {}", shape(constant)));
            }
        }
        all.features.extend(whole.map(str::to_owned));
        Some(all)
    }

    /// Whether a look at these values is enough: none of its fields must be written down first.
    pub(crate) fn can_see(&self, values: &[(usize, Recorded)]) -> bool {
        let beyond = |value: &Recorded| {
            matches!(
                value,
                Recorded::Formatted(_) | Recorded::Error(_) | Recorded::Bytes(_)
            )
        };
        !values
            .iter()
            .any(|(field, value)| self.fields.contains(field) && beyond(value))
    }

    /// It held for an event, or it did not.
    pub(crate) fn note(&self, held: bool) {
        for feature in &self.features {
            note(feature.as_str(), held);
        }
    }
}

fn shape(constant: &Literal) -> &'static str {
    match constant {
        Literal::Bool(_) => "bool",
        Literal::Integer(_) => "integer",
        Literal::Float(_) => "float",
        Literal::Text(_) => "text",
        Literal::Duration(_) => "duration",
        Literal::Size(_) => "size",
    }
}
