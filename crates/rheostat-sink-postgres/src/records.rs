//! Records as rows.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use rheostat_core::Value;
use rheostat_core::flow::RecordView;
use rheostat_core::sink::{Batch, Gap};
use rheostat_queue::rows::{FieldColumn, OfRecord};

use crate::batch::Rows;
use crate::cells::Cells;
use crate::connection::Plans;
use crate::dialect::{Dialect, Holds};
use crate::json;
use crate::plan::{self, Column, Ours, Plan, Target};
use crate::setup::Setup;
use crate::sink::Doubts;
use crate::ty::{Fit, Ty};

/// What of a record a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Time,
    One(OfRecord),
    Field(Arc<str>),
    /// The names of the enclosing spans.
    Spans,
    /// Their fields, under `span.field`.
    SpanFields,
    /// The fields without a column of their own.
    Fields,
}

impl plan::Source for Source {
    fn named(name: &str, fields: &[FieldColumn]) -> Option<Self> {
        if let Some(field) = fields.iter().find(|field| field.column == name) {
            return Some(Self::Field(field.field.clone()));
        }
        Some(match name {
            "time" => Self::Time,
            "spans" => Self::Spans,
            "span_fields" => Self::SpanFields,
            "fields" => Self::Fields,
            other => Self::One(OfRecord::named(other)?),
        })
    }

    fn fits(&self, ty: &Ty) -> bool {
        match self {
            Self::Time => ty.is_moment(),
            Self::Field(_) => ty.takes_fields(),
            Self::Spans => ty.is_list_of(Ty::is_text),
            Self::SpanFields | Self::Fields => ty.is_object(),
            // Not one that only looks like it, such as a `uuid`.
            Self::One(OfRecord::Id) => matches!(ty, Ty::Text(_)),
            Self::One(one) if one.is_number() => ty.is_number(),
            Self::One(_) => ty.is_text(),
        }
    }

    fn is_rest(&self) -> bool {
        *self == Self::Fields
    }
}

/// What stands before the columns of fields in a table that is made, and what behind.
const BEFORE: [Ours; 7] = [
    ("time", Holds::Moment),
    ("time_ns", Holds::Integer),
    ("level", Holds::Text),
    ("target", Holds::Text),
    ("name", Holds::Text),
    ("kind", Holds::Text),
    ("message", Holds::Text),
];
const BEHIND: [Ours; 16] = [
    ("fields", Holds::Object),
    ("spans", Holds::Texts),
    ("span_fields", Holds::Object),
    ("rule", Holds::Text),
    ("weight", Holds::Double),
    ("seq", Holds::Bigint),
    ("thread", Holds::Text),
    ("file", Holds::Text),
    ("line", Holds::Integer),
    ("trace_id", Holds::Text),
    ("span_id", Holds::Text),
    ("duration_ns", Holds::Bigint),
    ("busy_ns", Holds::Bigint),
    ("idle_ns", Holds::Bigint),
    ("phase", Holds::Text),
    ("id", Holds::Text),
];

/// Fields of a record of which a bit knows whether a column took them. Those
/// beyond are kept in `fields` too.
const MOST_TRACKED: usize = 128;

impl Rows for Batch {
    type Source = Source;

    fn target(setup: &Setup) -> Target<'_> {
        let ours = |ours: &(&'static str, Holds)| (ours.0, setup.dialect.ty(ours.1));
        let fields = setup.columns.iter();
        let fields = fields.map(|field| (&*field.column, &*field.ty));
        let before = BEFORE.iter().map(ours);
        Target {
            table: &setup.table,
            columns: before
                .chain(fields)
                .chain(BEHIND.iter().map(ours))
                .collect(),
            needed: setup.columns.iter().map(|field| &*field.column).collect(),
        }
    }

    fn plan(plans: &mut Plans) -> &mut Option<Plan<Source>> {
        &mut plans.records
    }

    fn doubt(doubts: &mut Doubts) -> &mut bool {
        &mut doubts.records
    }

    fn locks(&self) -> Vec<i64> {
        let origins: BTreeSet<u64> = Batch::ids(self).map(|id| id.origin).collect();
        origins.into_iter().map(u64::cast_signed).collect()
    }

    fn ids(&self) -> Vec<String> {
        let records = self.records().map(|record| record.id().to_string());
        Rows::gap(self).into_iter().chain(records).collect()
    }

    fn gap(&self) -> Option<String> {
        Batch::gap(self).map(gap_id)
    }

    fn between(&self) -> (u64, u64) {
        let gap = Batch::gap(self).map(|gap| gap.to);
        let times = self.records().map(|record| record.time()).chain(gap);
        times.fold((u64::MAX, 0), |(first, last), time| {
            (first.min(time), last.max(time))
        })
    }

    fn size(&self) -> usize {
        Batch::size(self) + self.len() * 256
    }

    fn encode(
        &self,
        plan: &Plan<Source>,
        dialect: Dialect,
        but: &HashSet<String>,
        cells: &mut Cells,
    ) {
        if let Some(gap) = Batch::gap(self).filter(|gap| !but.contains(&gap_id(gap))) {
            plan.columns
                .iter()
                .for_each(|column| put_gap(column, gap, dialect, cells));
            cells.end_row();
        }
        let mut fields = Vec::new();
        for record in self.records() {
            if !but.is_empty() && but.contains(&record.id().to_string()) {
                continue;
            }
            fields.clear();
            let all = record.fields();
            fields.extend(all.filter(|(_, value)| *value != Value::Missing));
            row(&record, &fields, plan, dialect, cells);
            cells.end_row();
        }
    }
}

fn gap_id(gap: &Gap) -> String {
    OfRecord::Id.of_gap(gap, |id| match id {
        Value::Text(id) => id.to_owned(),
        _ => String::new(),
    })
}

fn row(
    record: &RecordView<'_>,
    fields: &[(&str, Value<'_>)],
    plan: &Plan<Source>,
    dialect: Dialect,
    cells: &mut Cells,
) {
    let mut taken = 0_u128;
    for Column { source, ty, .. } in &plan.columns {
        match source {
            Source::Time => cells.put(|out| ty.put_moment(record.time(), out)),
            Source::One(one) => cells.put(|out| one.of(record, |value| ty.put(value, out))),
            Source::Field(name) => {
                let at = fields.iter().position(|(field, _)| **field == **name);
                let value = at.map_or(Value::Missing, |at| fields[at].1);
                let fit = cells.put(|out| ty.put(value, out));
                if let (Fit::Written, Some(at @ ..MOST_TRACKED)) = (fit, at) {
                    taken |= 1 << at;
                }
                fit
            }
            Source::Fields => cells.put(|out| {
                let left = |at: usize| at >= MOST_TRACKED || taken & (1 << at) == 0;
                let rest = fields.iter().enumerate().filter(|(at, _)| left(*at));
                let rest = rest.map(|(_, (name, value))| ("", *name, *value));
                json::object(rest, dialect, out);
                Fit::Written
            }),
            Source::SpanFields => cells.put(|out| {
                let all = record.spans().flat_map(|span| {
                    let fields = span.fields();
                    fields.map(move |(name, value)| (span.name, name, value))
                });
                json::object(all, dialect, out);
                Fit::Written
            }),
            Source::Spans => cells.put(|out| {
                list(record.spans().map(|span| span.name), out);
                Fit::Written
            }),
        };
    }
}

/// A row that tells of records that went missing.
fn put_gap(column: &Column<Source>, gap: &Gap, dialect: Dialect, cells: &mut Cells) {
    let ty = &column.ty;
    cells.put(|out| match &column.source {
        Source::Time => ty.put_moment(gap.to, out),
        Source::One(one) => one.of_gap(gap, |value| ty.put(value, out)),
        Source::Fields => {
            let fields = OfRecord::fields_of_gap(gap).into_iter();
            json::object(fields.map(|(name, value)| ("", name, value)), dialect, out);
            Fit::Written
        }
        Source::Field(_) | Source::Spans | Source::SpanFields => Fit::Nothing,
    });
}

/// Texts as an array, each in quotes.
fn list<'t>(texts: impl Iterator<Item = &'t str>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, text) in texts.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'"');
        for byte in text.bytes() {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_any_text() {
        let mut out = Vec::new();
        list(["a", "b\"c\\", ""].into_iter(), &mut out);
        assert_eq!(out, br#"{"a","b\"c\\",""}"#);
    }
}
