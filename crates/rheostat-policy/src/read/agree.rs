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
    pub(crate) fn finish_metrics(&mut self, metrics: &Metrics, max_series: u32) {
        for draft in &metrics.list {
            self.sets_under_cap(draft, draft.max_series.unwrap_or(max_series));
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

    /// Whether the series of closed sets, which are there from the start, are not more than may be.
    fn sets_under_cap(&mut self, draft: &Draft, cap: u32) {
        let Some((labels, place)) = &draft.labels else {
            return;
        };
        let all = labels.iter().try_fold(1_u64, |all, label| {
            let values = u64::try_from(label.closed.as_ref()?.len()).ok()?;
            Some(all.saturating_mul(values))
        });
        let Some(all) = all.filter(|all| *all > u64::from(cap)) else {
            return;
        };
        self.report(
            Report::new(
                &codes::SETS_OVER_CAP,
                *place,
                format!("the closed sets make {all} series, and `max_series` is {cap}"),
            )
            .under("none of them is there from the start, and some never can be")
            .help("raise `max_series` of the metric, or close fewer labels"),
        );
    }

    fn has_kind(&mut self, draft: &Draft) {
        if draft.declared && draft.kind.is_none() && !draft.says_kind {
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
