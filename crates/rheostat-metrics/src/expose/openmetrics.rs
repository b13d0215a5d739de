//! OpenMetrics text.

use super::number::{Amount, Float, Quoted, Seconds};
use super::page::{Labels, Page, groups, help, series_of};
use crate::exemplar::Exemplar;
use crate::snapshot::{FamilySnapshot, HistogramSnapshot, Snapshot, Value};
use crate::spec::Kind;

/// The page.
pub(super) fn render(snapshot: &Snapshot) -> String {
    let (mut page, mut labels) = (Page::new(), Labels::default());
    for group in groups(snapshot) {
        let name = head(&mut page, group);
        for (family, series) in series_of(snapshot, group) {
            labels.become_those_of(snapshot, family, series);
            match &series.value {
                Value::Counter {
                    whole,
                    part,
                    exemplar: shown,
                } => {
                    page.sample(name, "_total", &labels, None);
                    page.put(Amount(*whole, *part));
                    exemplar(&mut page, shown.as_ref());
                    created(&mut page, name, &labels, series.created);
                }
                Value::Gauge(value) => {
                    page.sample(name, "", &labels, None);
                    page.put(format_args!("{}\n", Float(*value)));
                }
                Value::Histogram(value) => {
                    histogram(&mut page, name, &labels, value);
                    created(&mut page, name, &labels, series.created);
                }
            }
        }
    }
    page.put("# EOF\n");
    page.text
}

/// Writes what goes before the samples, and gives the name without a counter's suffix.
fn head<'a>(page: &mut Page, group: &'a [FamilySnapshot]) -> &'a str {
    let family = &group[0];
    let name = match family.kind {
        Kind::Counter => family.name.strip_suffix("_total").unwrap_or(&family.name),
        Kind::Gauge | Kind::Histogram => &family.name,
    };
    page.put(format_args!("# TYPE {name} {}\n", family.kind.as_str()));
    if let Some(unit) = &family.unit {
        // The format demands that a unit is the end of the name.
        let is_end = name.strip_suffix(&**unit).is_some_and(|n| n.ends_with('_'));
        if is_end {
            page.put(format_args!("# UNIT {name} {unit}\n"));
        }
    }
    page.put(format_args!("# HELP {name} {}\n", Quoted(&help(group))));
    name
}

fn histogram(page: &mut Page, name: &str, labels: &Labels, value: &HistogramSnapshot) {
    let mut below = 0;
    let bounds = page.bounds(&value.bounds);
    for (at, (bound, count)) in bounds.iter().zip(&value.counts).enumerate() {
        below += count;
        page.sample(name, "_bucket", labels, Some(bound));
        page.put(below);
        exemplar(page, value.exemplars.get(at).and_then(Option::as_ref));
    }
    if sums_up(value) {
        page.sample(name, "_count", labels, None);
        page.put(format_args!("{below}\n"));
        page.sample(name, "_sum", labels, None);
        page.put(format_args!("{}\n", Float(value.sum)));
    }
}

/// Whether the sum can be read as a counter. The format forbids one that cannot, and a count without a sum; the
/// last bucket says as much.
fn sums_up(value: &HistogramSnapshot) -> bool {
    value.sum >= 0.0 && value.bounds.first().is_none_or(|bound| *bound >= 0.0)
}

fn created(page: &mut Page, name: &str, labels: &Labels, millis: u64) {
    if millis > 0 {
        page.sample(name, "_created", labels, None);
        page.put(format_args!("{}\n", Seconds(millis)));
    }
}

/// Ends a sample, with its exemplar if it has one.
fn exemplar(page: &mut Page, exemplar: Option<&Exemplar>) {
    if let Some(shown) = exemplar {
        page.put(format_args!(" # {{trace_id=\"{}\"", Hex(&shown.trace_id)));
        if let Some(span) = &shown.span_id {
            page.put(format_args!(",span_id=\"{}\"", Hex(span)));
        }
        let (value, time) = (Float(shown.value), Seconds(shown.unix_millis));
        page.put(format_args!("}} {value} {time}"));
    }
    page.put("\n");
}

/// Bytes as hex digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
