//! `buckets`: the bounds of a histogram, in its unit.

use super::Reader;
use crate::codes::metrics::BAD_BUCKETS;
use crate::diagnostic::Report;
use crate::literal;
use crate::model::{Buckets, OutOf, Unit};
use crate::toml::{Node, Table, Value};
use crate::vocabulary::{KeyDef, Type};

/// Prometheus's own bounds, in seconds.
const SECONDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

const MOST: usize = 200;

/// What holds where nothing is written.
pub(crate) fn by_unit(unit: Option<&Unit>) -> Buckets {
    let bounds = match unit.and_then(|unit| unit.scale) {
        Some(OutOf::Nanoseconds(scale)) => SECONDS
            .iter()
            .map(|second| tidy(second * 1e9 / scale))
            .collect(),
        Some(OutOf::Bytes(scale)) => (0..=10)
            .map(|n| tidy(1024.0 * 4_f64.powi(n) / scale))
            .collect(),
        None => SECONDS.to_vec(),
    };
    Buckets::Exponential(bounds)
}

/// Without the noise of a binary fraction in the last digits.
fn tidy(bound: f64) -> f64 {
    format!("{bound:.12e}").parse().unwrap_or(bound)
}

impl Reader<'_> {
    /// The bounds that are written; `None` after a finding.
    pub(crate) fn buckets(&mut self, node: &Node, unit: Option<&Unit>) -> Option<Buckets> {
        let bounds = match &node.value {
            Value::Text(word) if &**word == "exponential" => return Some(by_unit(unit)),
            Value::Text(_) => {
                self.bad_buckets(node, "the only word here is `exponential`");
                return None;
            }
            Value::List(nodes) => nodes
                .iter()
                .map(|node| self.bound(node, unit))
                .collect::<Option<Vec<f64>>>()?,
            Value::Table(table) => self.generated(node, table)?,
            // The walk has reported the type.
            _ => return None,
        };
        if bounds.is_empty() || bounds.len() > MOST {
            self.bad_buckets(node, &format!("between 1 and {MOST} bounds belong here"));
            return None;
        }
        if bounds.windows(2).any(|pair| pair[0] >= pair[1]) {
            self.unordered(node, bounds);
            return None;
        }
        Some(Buckets::Explicit(bounds))
    }

    fn bound(&mut self, node: &Node, unit: Option<&Unit>) -> Option<f64> {
        if !matches!(node.value, Value::Text(_)) {
            return match node.value {
                Value::Integer(_) | Value::Float(_) => self.float(node),
                _ => {
                    self.wrong_type(node, "a number, or a duration such as `\"5ms\"`");
                    None
                }
            };
        }
        match unit.and_then(|unit| unit.scale) {
            Some(OutOf::Bytes(scale)) => {
                #[expect(clippy::cast_precision_loss, reason = "a bound beyond 2^53 is rounded")]
                let bytes = self.literal(node, literal::size)? as f64;
                Some(tidy(bytes / scale))
            }
            Some(OutOf::Nanoseconds(scale)) => {
                let duration = self.literal(node, literal::duration)?;
                Some(tidy(duration.as_secs_f64() * 1e9 / scale))
            }
            None => {
                self.bad_buckets(
                    node,
                    "a quantity converts to the unit of the metric, and it has none",
                );
                None
            }
        }
    }

    fn generated(&mut self, node: &Node, table: &Table) -> Option<Vec<f64>> {
        let keys = generator_keys();
        let read = self.walk(table, node.place, &keys, "`buckets`");
        let args = &read.args;
        let start = *args.float("start")?;
        let count = usize::try_from(*args.integer("count")?).ok()?;
        match (args.float("factor"), args.float("width")) {
            (Some(factor), None) if *factor > 1.0 && start > 0.0 => {
                let mut bound = start;
                let mut out = Vec::new();
                for _ in 0..count {
                    out.push(tidy(bound));
                    bound *= factor;
                }
                self.finite(node, out)
            }
            (None, Some(width)) if *width > 0.0 => {
                #[expect(clippy::cast_precision_loss, reason = "at most 200")]
                let out = (0..count).map(|n| tidy(start + width * n as f64)).collect();
                self.finite(node, out)
            }
            _ => {
                self.bad_buckets(
                    node,
                    "either a `factor` above 1 and a `start` above 0, or a `width` above 0",
                );
                None
            }
        }
    }

    fn finite(&mut self, node: &Node, bounds: Vec<f64>) -> Option<Vec<f64>> {
        if bounds.iter().all(|bound| bound.is_finite()) {
            return Some(bounds);
        }
        self.bad_buckets(node, "the last ones are beyond any number");
        None
    }

    fn bad_buckets(&mut self, node: &Node, why: &str) {
        self.report(
            Report::new(
                &BAD_BUCKETS,
                node.place,
                "these are no bounds of a histogram",
            )
            .under(why)
            .help(
                "such as `[0.1, 1]`, `\"exponential\"` or `{ start = 1, factor = 2, count = 10 }`",
            ),
        );
    }

    fn unordered(&mut self, node: &Node, mut bounds: Vec<f64>) {
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let shown: Vec<String> = bounds.iter().map(f64::to_string).collect();
        let better = format!("[{}]", shown.join(", "));
        self.report(
            Report::new(&BAD_BUCKETS, node.place, "bounds ascend and do not repeat")
                .under("out of order")
                .fix(format!("write `{better}`"), node.place, better),
        );
    }
}

/// The keys of bounds that are generated.
pub(crate) fn generator_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new("start", Type::Float, "the first bound", "1").required(),
        KeyDef::new(
            "factor",
            Type::Float,
            "each bound is the one before, times this",
            "2",
        ),
        KeyDef::new(
            "width",
            Type::Float,
            "each bound is the one before, plus this",
            "10",
        ),
        KeyDef::new("count", Type::Integer(1, 200), "how many", "10").required(),
    ]
}
