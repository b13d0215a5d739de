//! Prometheus's classic text format.

use super::number::{Amount, Float};
use super::page::{Labels, Page, groups, help, series_of};
use crate::snapshot::{HistogramSnapshot, Snapshot, Value};

/// The page.
pub(super) fn render(snapshot: &Snapshot) -> String {
    let (mut page, mut labels) = (Page::new(), Labels::default());
    for group in groups(snapshot) {
        let name = &*group[0].name;
        let help = help(group).replace('\\', "\\\\").replace('\n', "\\n");
        page.put(format_args!("# HELP {name} {help}\n"));
        page.put(format_args!("# TYPE {name} {}\n", group[0].kind.as_str()));
        for (family, series) in series_of(snapshot, group) {
            labels.become_those_of(snapshot, family, series);
            match &series.value {
                Value::Counter { whole, part, .. } => {
                    page.sample(name, "", &labels, None);
                    page.put(format_args!("{}\n", Amount(*whole, *part)));
                }
                Value::Gauge(value) => {
                    page.sample(name, "", &labels, None);
                    page.put(format_args!("{}\n", Float(*value)));
                }
                Value::Histogram(value) => histogram(&mut page, name, &labels, value),
            }
        }
    }
    page.text
}

fn histogram(page: &mut Page, name: &str, labels: &Labels, value: &HistogramSnapshot) {
    let mut below = 0;
    let bounds = page.bounds(&value.bounds);
    for (bound, count) in bounds.iter().zip(&value.counts) {
        below += count;
        page.sample(name, "_bucket", labels, Some(bound));
        page.put(format_args!("{below}\n"));
    }
    page.sample(name, "_sum", labels, None);
    page.put(format_args!("{}\n", Float(value.sum)));
    page.sample(name, "_count", labels, None);
    page.put(format_args!("{below}\n"));
}
