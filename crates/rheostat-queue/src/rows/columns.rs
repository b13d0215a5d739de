//! The fields that have a column of their own.

use std::sync::Arc;

use rheostat_policy::model::{Arg, Sink};

/// A field that has a column of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldColumn {
    /// The column's name.
    pub column: String,
    /// The field's.
    pub field: Arc<str>,
    /// The column's type, as the policy has it.
    pub ty: String,
}

/// Reads a sink's `columns`: each a type, or a table of `field` and `type`.
pub fn field_columns(sink: &Sink) -> Vec<FieldColumn> {
    let columns = sink.args.named("columns").into_iter().flatten();
    columns.map(|(name, written)| one(name, written)).collect()
}

fn one(name: &Arc<str>, written: &Arg) -> FieldColumn {
    let (field, ty) = match written {
        Arg::Table(args) => (
            args.text("field").unwrap_or(name).clone(),
            args.text("type").cloned().unwrap_or_default(),
        ),
        Arg::Text(ty) => (name.clone(), ty.clone()),
        // The definition has no other.
        _ => (name.clone(), Arc::default()),
    };
    FieldColumn {
        column: name.to_string(),
        field,
        ty: ty.to_string(),
    }
}
