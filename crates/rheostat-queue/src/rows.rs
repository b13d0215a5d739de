//! Records and points of metrics as rows, for sinks whose destinations have tables.
//!
//! Columns have the same names and meanings wherever there are any; their types
//! are each sink's own affair. What is no single value (a moment, fields, spans,
//! labels, buckets) each destination has in its own way.

mod columns;
mod point;
mod record;

pub use columns::{FieldColumn, field_columns};
pub use point::OfPoint;
pub use record::OfRecord;

use rheostat_core::Value;

/// The whole number that a value is exactly.
pub fn whole(value: Value<'_>) -> Option<i128> {
    match value {
        Value::Bool(value) => Some(i128::from(value)),
        Value::I64(value) => Some(i128::from(value)),
        Value::U64(value) | Value::Size(value) => Some(i128::from(value)),
        Value::Duration(nanos) => Some(nanos),
        other => other.number()?.whole(),
    }
}
