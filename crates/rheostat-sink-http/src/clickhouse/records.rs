//! Records as rows.

use std::sync::Arc;

use rheostat_core::Value;
use rheostat_core::flow::RecordView;
use rheostat_core::sink::{Batch, Gap, Verdict};
use rheostat_queue::rows::{FieldColumn, OfRecord};

use super::binary::{as_text, length, text};
use super::columns::{Column, Wanted, moment, texts_by_name, word};
use super::insert::{self, Insert, Prepare, Target};
use super::ty::Ty;
use super::version::Version;

/// What of a record a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Time,
    One(OfRecord),
    Spans,
    Field(Arc<str>),
    /// The fields of the enclosing spans, under `span.field`.
    SpanFields(Part),
    /// The fields without a column of their own.
    Fields(Part),
}

/// Which part of texts by name a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Map,
    Keys,
    Values,
}

impl Source {
    /// What a column of that name holds, if it is one of ours.
    pub(super) fn named(name: &str, fields: &[FieldColumn]) -> Option<Self> {
        if let Some(field) = fields.iter().find(|field| field.column == name) {
            return Some(Self::Field(field.field.clone()));
        }
        Some(match name {
            "time" => Self::Time,
            "spans" => Self::Spans,
            "span_fields" => Self::SpanFields(Part::Map),
            "span_fields.key" => Self::SpanFields(Part::Keys),
            "span_fields.value" => Self::SpanFields(Part::Values),
            "fields" => Self::Fields(Part::Map),
            "fields.key" => Self::Fields(Part::Keys),
            "fields.value" => Self::Fields(Part::Values),
            other => Self::One(OfRecord::named(other)?),
        })
    }
}

impl insert::Source for Source {
    fn fits(&self, ty: &Ty) -> bool {
        match self {
            Self::Time => ty.is_moment(),
            Self::Field(_) => ty.takes_fields(),
            Self::Spans => ty.is_list_of(Ty::is_text),
            Self::Fields(Part::Map) | Self::SpanFields(Part::Map) => ty.is_map_of_texts(),
            Self::Fields(_) | Self::SpanFields(_) => ty.is_list_of(|of| *of == Ty::Text),
            Self::One(one) if one.is_number() => ty.is_number(),
            Self::One(_) => ty.is_text(),
        }
    }

    fn is_rest(&self) -> bool {
        matches!(self, Self::Fields(_))
    }
}

/// Finds out how to write into the table of records.
pub(super) async fn prepare(
    prepare: &Prepare<'_>,
    version: Version,
) -> Result<Insert<RecordRows>, Verdict> {
    let setup = prepare.setup;
    let target = Target {
        table: &setup.table,
        columns: columns(&setup.columns, version),
        order: "target, name, time",
        needed: setup.columns.iter().map(|column| &*column.column).collect(),
    };
    let source = |name: &str| Source::named(name, &setup.columns);
    prepare.insert(target, version, source, RecordRows).await
}

fn columns(fields: &[FieldColumn], version: Version) -> Vec<Wanted> {
    let word = word(version);
    let mut all = Vec::new();
    moment("time", version, &mut all);
    for name in ["level", "target", "name", "kind"] {
        all.push(Wanted::new(name, word));
    }
    all.push(Wanted::new("message", "String"));
    all.extend(
        fields
            .iter()
            .map(|field| Wanted::new(&field.column, &field.ty)),
    );
    texts_by_name("fields", version, &mut all);
    all.push(Wanted::new("spans", &format!("Array({word})")));
    texts_by_name("span_fields", version, &mut all);
    all.push(Wanted::new("rule", word));
    all.push(Wanted::new("weight", "Float64"));
    all.push(Wanted::new("seq", "UInt64"));
    all.push(Wanted::new("thread", word));
    all.push(Wanted::new("file", word));
    all.push(Wanted::new("line", "UInt32"));
    all.push(Wanted::new("trace_id", "String"));
    all.push(Wanted::new("span_id", "String"));
    for name in ["duration_ns", "busy_ns", "idle_ns"] {
        all.push(Wanted::new(name, "Nullable(UInt64)"));
    }
    all.push(Wanted::new("phase", word));
    all.push(Wanted::new("id", "String"));
    all
}

/// Makes rows of records.
pub(super) struct RecordRows(pub(super) Vec<Column<Source>>);

/// Fields of a record of which a bit knows whether a column took them. Those
/// beyond are kept in `fields` too.
const MOST_TRACKED: usize = 128;

impl RecordRows {
    /// All rows of a batch behind the header.
    pub(super) fn encode(&self, batch: &Batch, header: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(header.len() + batch.size() + batch.len() * 64);
        out.extend_from_slice(header);
        if let Some(gap) = batch.gap() {
            self.gap(gap, &mut out);
        }
        let mut fields = Vec::new();
        for record in batch.records() {
            fields.clear();
            fields.extend(
                record
                    .fields()
                    .filter(|(_, value)| *value != Value::Missing),
            );
            self.row(&record, &fields, &mut out);
        }
        out
    }

    fn row(&self, record: &RecordView<'_>, fields: &[(&str, Value<'_>)], out: &mut Vec<u8>) {
        let mut taken = 0_u128;
        for Column { source, ty } in &self.0 {
            match source {
                Source::Time => ty.put_moment(record.time(), out),
                Source::Field(name) => {
                    let at = fields.iter().position(|(field, _)| **field == **name);
                    let value = at.map_or(Value::Missing, |at| fields[at].1);
                    if let (true, Some(at @ ..MOST_TRACKED)) = (ty.put(value, out), at) {
                        taken |= 1 << at;
                    }
                }
                Source::Fields(part) => {
                    let left = |at: usize| at >= MOST_TRACKED || taken & (1 << at) == 0;
                    let rest = || fields.iter().enumerate().filter(|(at, _)| left(*at));
                    let named = || rest().map(|(_, (name, value))| ("", *name, *value));
                    by_name(*part, named, out);
                }
                Source::SpanFields(part) => {
                    let named = || {
                        record.spans().flat_map(|span| {
                            span.fields()
                                .map(move |(name, value)| (span.name, name, value))
                        })
                    };
                    by_name(*part, named, out);
                }
                Source::Spans => {
                    let spans = record.spans();
                    length(spans.len(), out);
                    spans.for_each(|span| text(span.name, out));
                }
                Source::One(one) => one.of(record, |value| put(ty, value, out)),
            }
        }
    }

    /// A row that tells of records that went missing.
    fn gap(&self, gap: &Gap, out: &mut Vec<u8>) {
        for Column { source, ty } in &self.0 {
            match source {
                Source::Time => ty.put_moment(gap.to, out),
                Source::One(one) => one.of_gap(gap, |value| put(ty, value, out)),
                Source::Fields(part) => {
                    let all = OfRecord::fields_of_gap(gap);
                    let named = || all.iter().map(|(name, value)| ("", *name, *value));
                    by_name(*part, named, out);
                }
                _ => ty.put_nothing(out),
            }
        }
    }
}

/// A value into a column whose type was found fit for it.
fn put(ty: &Ty, value: Value<'_>, out: &mut Vec<u8>) {
    // Only a number that is too large for a narrow column of somebody else's
    // table does not fit; it then has none.
    let _fits = ty.put(value, out);
}

/// Texts by name, as a map or as one of two lists. The prefix, if any, is set off by a dot.
fn by_name<'v, I: Iterator<Item = (&'v str, &'v str, Value<'v>)>>(
    part: Part,
    all: impl Fn() -> I,
    out: &mut Vec<u8>,
) {
    length(all().count(), out);
    for (prefix, name, value) in all() {
        if part != Part::Values {
            let dot = usize::from(!prefix.is_empty());
            length(prefix.len() + dot + name.len(), out);
            out.extend_from_slice(prefix.as_bytes());
            out.extend_from_slice(&b"."[..dot]);
            out.extend_from_slice(name.as_bytes());
        }
        if part != Part::Keys {
            as_text(value, out);
        }
    }
}
