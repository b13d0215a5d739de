//! What a policy says about the tables.

use std::sync::Arc;
use std::time::Duration;

use rheostat_policy::model::{Arg, Sink};

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

/// A field that has a column of its own.
#[derive(Clone)]
pub(super) struct FieldColumn {
    pub(super) column: String,
    pub(super) field: Arc<str>,
    /// As a `CREATE TABLE` has it.
    pub(super) ty: String,
}

impl Setup {
    /// Reads them; the error says what is wrong with a column.
    pub(super) fn read(sink: &Sink) -> Result<Self, String> {
        let text = |key: &str, other: &str| {
            let text = sink.args.text(key);
            text.map_or_else(|| other.to_owned(), |text| text.to_string())
        };
        let is = |key: &str| sink.args.bool(key).copied().unwrap_or(false);
        let columns = sink.args.named("columns").into_iter().flatten();
        Ok(Self {
            sink: sink.name.clone(),
            database: text("database", "default"),
            table: text("table", "events"),
            metrics_table: text("metrics_table", "metrics"),
            create: is("create"),
            ttl: sink.args.duration("ttl").copied(),
            columns: columns
                .map(|(name, written)| column(name, written))
                .collect::<Result<_, _>>()?,
            async_insert: is("async_insert"),
        })
    }
}

fn column(name: &Arc<str>, written: &Arg) -> Result<FieldColumn, String> {
    let (field, ty) = match written {
        Arg::Table(args) => (
            args.text("field").unwrap_or(name).clone(),
            args.text("type").cloned().unwrap_or_default(),
        ),
        Arg::Text(ty) => (name.clone(), ty.clone()),
        _ => (name.clone(), Arc::default()),
    };
    if Source::named(name, &[]).is_some() {
        return Err(format!(
            "the column `{name}` is one that each record has; give the field's column another name"
        ));
    }
    match Ty::parse(&ty) {
        Some(known) if known.takes_fields() => Ok(FieldColumn {
            column: name.to_string(),
            field,
            ty: ty.to_string(),
        }),
        _ => Err(format!(
            "the column `{name}` has the type `{ty}`; a field can be a String, a Bool, a number of \
             at most 64 bits, or one of these as LowCardinality or Nullable"
        )),
    }
}
