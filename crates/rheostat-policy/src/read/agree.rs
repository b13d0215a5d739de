//! What is left to say of metrics when all rules have spoken.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Reader;
use super::metrics::{Draft, Metrics};
use crate::check::units;
use crate::codes::metrics as codes;
use crate::diagnostic::Report;
use crate::vocabulary::MetricKind;

impl Reader<'_> {
    pub(crate) fn finish_metrics(&mut self, metrics: &Metrics) {
        for draft in &metrics.list {
            self.recommended_unit(draft);
            self.has_kind(draft);
        }
        self.names_that_collide(metrics);
    }

    fn recommended_unit(&mut self, draft: &Draft) {
        let Some((unit, place)) = &draft.unit else {
            return;
        };
        if let Some(base) = units::recommended(unit) {
            self.report(
                Report::new(
                    &codes::METRIC_UNIT,
                    *place,
                    format!("`{}` is in {}, not in {base}", draft.name, unit.name),
                )
                .under(format!("{base} are what others expect"))
                .help(format!("values are converted, so `_{base}` costs nothing")),
            );
        }
    }

    fn has_kind(&mut self, draft: &Draft) {
        if draft.declared && draft.kind.is_none() {
            self.report(
                Report::new(
                    &codes::UNFED_METRIC,
                    draft.place,
                    format!(
                        "no rule feeds `{}`, and it does not say its kind",
                        draft.name
                    ),
                )
                .under("left out")
                .help("say what it is: `kind = \"counter\"`"),
            );
        }
    }

    fn names_that_collide(&mut self, metrics: &Metrics) {
        let mut taken: BTreeMap<Arc<str>, &Draft> = BTreeMap::new();
        for draft in &metrics.list {
            for name in yields(draft) {
                let Some(first) = taken.get(&name) else {
                    taken.insert(name, draft);
                    continue;
                };
                self.report(
                    Report::new(
                        &codes::RESERVED_METRIC,
                        draft.place,
                        format!(
                            "`{}` and `{}` would both expose `{name}`",
                            first.name, draft.name
                        ),
                    )
                    .under("the second one")
                    .also(first.place, "the first one")
                    .help("give one of the two another name"),
                );
                break;
            }
        }
    }
}

/// The names under which a metric is exposed.
fn yields(draft: &Draft) -> Vec<Arc<str>> {
    let name = draft.exposed();
    let with = |base: &str, endings: &[&str]| {
        endings
            .iter()
            .map(|ending| Arc::from(format!("{base}{ending}")))
            .collect()
    };
    match draft.kind {
        Some((MetricKind::Counter, _)) => {
            let base = name.strip_suffix("_total").unwrap_or(&name);
            with(base, &["", "_total", "_created"])
        }
        Some((MetricKind::Histogram, _)) => {
            with(&name, &["", "_bucket", "_sum", "_count", "_created"])
        }
        Some((MetricKind::Gauge, _)) | None => with(&name, &[""]),
    }
}
