//! Fields that a value would publish although they are redacted.

use std::sync::Arc;

use crate::expr::{self, Expr, Ref};
use crate::model::Redaction;

/// The first field in the value whose name is redacted.
pub(crate) fn field_in(value: &Expr, redact: &[Redaction]) -> Option<Arc<str>> {
    let globs: Vec<_> = redact
        .iter()
        .filter_map(|entry| match entry {
            Redaction::Field(glob, _) => Some(glob),
            Redaction::Pattern(..) => None,
        })
        .collect();
    expr::refs(value).into_iter().find_map(|name| match name {
        Ref::Name(name) | Ref::Own(name) | Ref::OfSpan { name, .. } => globs
            .iter()
            .any(|glob| glob.matches(name))
            .then(|| name.clone()),
        Ref::BuiltIn(_) | Ref::Since(_) => None,
    })
}
