//! What a policy says about the tables.

use std::sync::Arc;
use std::time::Duration;

use rheostat_policy::model::Sink;
use rheostat_queue::rows::{FieldColumn, field_columns};

use super::records::Source;
use super::ty::Ty;

/// The sink's own keys.
pub(super) struct Setup {
    pub(super) sink: Arc<str>,
    pub(super) database: String,
    pub(super) table: String,
    pub(super) metrics_table: String,
    pub(super) create: bool,
    /// How long rows are kept; `None`: for ever.
    pub(super) ttl: Option<Duration>,
    /// Fields with a column of their own.
    pub(super) columns: Vec<FieldColumn>,
    pub(super) async_insert: bool,
}

impl Setup {
    /// Reads them; the error says what is wrong with a column.
    pub(super) fn read(sink: &Sink) -> Result<Self, String> {
        let text = |key: &str, other: &str| {
            let text = sink.args.text(key);
            text.map_or_else(|| other.to_owned(), |text| text.to_string())
        };
        let is = |key: &str| sink.args.bool(key).copied().unwrap_or(false);
        let columns = field_columns(sink);
        columns.iter().try_for_each(check)?;
        Ok(Self {
            sink: sink.name.clone(),
            database: text("database", "default"),
            table: text("table", "events"),
            metrics_table: text("metrics_table", "metrics"),
            create: is("create"),
            ttl: sink.args.duration("ttl").copied(),
            columns,
            async_insert: is("async_insert"),
        })
    }
}

fn check(wanted: &FieldColumn) -> Result<(), String> {
    let (name, ty) = (&wanted.column, &wanted.ty);
    if Source::named(name, &[]).is_some() {
        return Err(format!(
            "the column `{name}` is one that each record has; give the field's column another name"
        ));
    }
    match Ty::parse(ty) {
        Some(known) if known.takes_fields() => Ok(()),
        _ => Err(format!(
            "the column `{name}` has the type `{ty}`; a field can be a String, a Bool, a number of \
             at most 64 bits, or one of these as LowCardinality or Nullable"
        )),
    }
}
