//! What a policy says about the tables.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::sink::Failure;
use rheostat_policy::model::Sink;
use rheostat_queue::rows::{FieldColumn, field_columns};

use crate::dialect::Dialect;
use crate::plan::Source as _;
use crate::records::Source;
use crate::ty::Ty;

/// The sink's own keys.
pub(crate) struct Setup {
    pub(crate) sink: Arc<str>,
    pub(crate) dialect: Dialect,
    pub(crate) schema: Option<String>,
    pub(crate) table: String,
    pub(crate) metrics_table: String,
    pub(crate) create: bool,
    /// How long the chunks of a hypertable are, where tables become such.
    pub(crate) hypertable: Option<Duration>,
    /// How long a hypertable keeps its rows; `None`: for ever.
    pub(crate) ttl: Option<Duration>,
    /// Fields with a column of their own.
    pub(crate) columns: Vec<FieldColumn>,
}

impl Setup {
    /// Reads them; the error says what is wrong with a column.
    pub(crate) fn read(sink: &Sink) -> Result<Self, Failure> {
        let text = |key: &str| sink.args.text(key).map(|text| text.to_string());
        let dialect = Dialect::of(sink);
        let hypertable = sink.args.duration("hypertable").copied();
        if dialect == Dialect::CrateDb && hypertable.is_some() {
            return Err(Failure::new(
                "CrateDB has no hypertables; `hypertable` is for TimescaleDB",
            ));
        }
        let columns = field_columns(sink);
        columns.iter().try_for_each(check)?;
        Ok(Self {
            sink: sink.name.clone(),
            dialect,
            schema: text("schema"),
            table: text("table").unwrap_or_else(|| "events".to_owned()),
            metrics_table: text("metrics_table").unwrap_or_else(|| "metrics".to_owned()),
            create: sink.args.bool("create").copied().unwrap_or(false),
            hypertable,
            ttl: sink.args.duration("ttl").copied(),
            columns,
        })
    }
}

fn check(wanted: &FieldColumn) -> Result<(), Failure> {
    let (name, ty) = (&wanted.column, &wanted.ty);
    if Source::named(name, &[]).is_some() {
        return Err(Failure::new(format!(
            "the column `{name}` is one that each record has; give the field's column another name"
        )));
    }
    // It stands in a statement as it is, so it may not be more than a type.
    let may_stand = |one: char| one.is_alphanumeric() || " _().,\"".contains(one);
    if ty.trim().is_empty() || !ty.chars().all(may_stand) || !Ty::parse(ty).takes_fields() {
        return Err(Failure::new(format!(
            "the column `{name}` has the type `{ty}`; a field can be any type that the server reads \
             from text, such as text, boolean, smallint, bigint, double precision, numeric(10,2), uuid, \
             inet or jsonb, and no array"
        )));
    }
    Ok(())
}
