//! What the values of records come to in each series, and what cannot be recorded, by the specification.

use std::collections::BTreeMap;

use rheostat_policy::expr::{BuiltIn, ExprKind, Ref};
use rheostat_policy::model::{Action, Metric, OutOf, Unit};

use super::value::Value;

/// A metric and the labels of one of its series, sorted: `name=text`.
pub(crate) type Series = (String, Vec<String>);

/// The sum of everything, by series.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// What each series got; a gauge that is set has its last value only.
    pub(crate) series: BTreeMap<Series, Vec<f64>>,
    /// By rule and cause.
    pub(crate) refused: BTreeMap<(String, String), u64>,
}

impl Totals {
    /// One value for one series.
    pub(super) fn add(
        &mut self,
        rule: String,
        series: Series,
        (action, metric): (&Action, &Metric),
        value: &Value,
    ) {
        let amount = match amount(action, metric, value) {
            Err("missing") if is_timing(action) => return,
            Err(cause) => {
                *self.refused.entry((rule, cause.to_owned())).or_default() += 1;
                return;
            }
            Ok(amount) => amount,
        };
        let values = self.series.entry(series).or_default();
        let op = action.args.text("op").map_or("set", |op| &**op);
        match (action.name, op) {
            ("gauge", "set") => *values = vec![amount],
            ("gauge", "sub") => values.push(-amount),
            _ => values.push(amount),
        }
    }

    /// A gauge of open spans goes up or down.
    pub(super) fn shift(&mut self, series: Series, by: f64) {
        self.series.entry(series).or_default().push(by);
    }
}

/// The number in the metric's unit, or why there is none.
fn amount(action: &Action, metric: &Metric, value: &Value) -> Result<f64, &'static str> {
    if *value == Value::Missing {
        return Err("missing");
    }
    let scale = |unit: &Option<Unit>| unit.as_ref().and_then(|unit| unit.scale);
    let (from, to) = (scale(&action.unit), scale(&metric.unit));
    let amount = match (value.number(), value.duration(), from, to) {
        (Some(number), _, Some(OutOf::Nanoseconds(from)), Some(OutOf::Nanoseconds(to))) => {
            number.as_f64() * from / to
        }
        (Some(number), ..) => number.as_f64(),
        (None, Some(nanoseconds), _, Some(OutOf::Nanoseconds(to))) => nanoseconds as f64 / to,
        (None, ..) => return Err("unfit"),
    };
    if !amount.is_finite() {
        return Err("not_finite");
    }
    if action.name == "count" && amount < 0.0 {
        return Err("negative");
    }
    Ok(amount)
}

/// Whether it measures a time that a span may not have; that is no refused value.
fn is_timing(action: &Action) -> bool {
    use BuiltIn::{Active, Busy, Duration, Idle};
    let of = action.args.expr("of").map(|of| &of.kind);
    matches!(
        of,
        Some(ExprKind::Ref(Ref::BuiltIn(Duration | Active | Busy | Idle)))
    )
}
