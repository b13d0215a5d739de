//! Numbers, and quantities in strings: counts, shares, durations, sizes.

use std::time::Duration;

use super::Reader;
use crate::codes::file;
use crate::diagnostic::Report;
use crate::literal::{self, LiteralError};
use crate::toml::{Node, Value};

impl Reader<'_> {
    pub(super) fn integer(&mut self, node: &Node, low: i64, high: i64) -> Option<i64> {
        let number = match node.value {
            Value::Integer(number) => Some(number),
            _ => None,
        };
        if let Some(number) = number.filter(|number| (low..=high).contains(number)) {
            return Some(number);
        }
        let report = Report::new(
            &file::OUT_OF_RANGE,
            node.place,
            format!("the number must be from {low} to {high}"),
        );
        self.report(match number {
            Some(number) => report.under("outside").fix(
                format!("write `{}`", number.clamp(low, high)),
                node.place,
                number.clamp(low, high).to_string(),
            ),
            None => report
                .under("far outside")
                .help(format!("write a number up to {high}")),
        });
        None
    }

    pub(crate) fn float(&mut self, node: &Node) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a bound beyond 2^53 is rounded")]
        let number = match node.value {
            Value::Integer(number) => number as f64,
            Value::Float(number) => number,
            _ => return None,
        };
        if number.is_finite() {
            return Some(number);
        }
        self.report(
            Report::new(&file::NOT_FINITE, node.place, "the number must be finite")
                .under("not a finite number")
                .help("write a number such as `1.5`"),
        );
        None
    }

    pub(super) fn period(&mut self, node: &Node) -> Option<Duration> {
        let period = self.literal(node, literal::duration)?;
        if !period.is_zero() {
            return Some(period);
        }
        self.report(
            Report::new(
                &file::OUT_OF_RANGE,
                node.place,
                "the duration must be above zero",
            )
            .under("zero")
            .fix("write `\"1s\"`", node.place, "\"1s\""),
        );
        None
    }

    pub(super) fn size(&mut self, node: &Node) -> Option<u64> {
        let size = self.literal(node, literal::size)?;
        if size > 0 {
            return Some(size);
        }
        self.report(
            Report::new(
                &file::OUT_OF_RANGE,
                node.place,
                "the size must be above zero",
            )
            .under("nothing fits into it")
            .help("write a size such as `\"64KiB\"`, or leave the key out"),
        );
        None
    }

    pub(super) fn ratio(&mut self, node: &Node) -> Option<f64> {
        if node.as_text().is_some() {
            return self.literal(node, literal::ratio);
        }
        let number = self.float(node)?;
        if (0.0..=1.0).contains(&number) {
            return Some(number);
        }
        let mut report = Report::new(&file::OUT_OF_RANGE, node.place, "a ratio is from 0 to 1")
            .under(if number < 0.0 {
                "less than nothing"
            } else {
                "more than all"
            });
        if number > 1.0 && number <= 100.0 {
            let share = number / 100.0;
            report = report.fix(
                format!("for {number} percent write `{share}`"),
                node.place,
                share.to_string(),
            );
        }
        if number > 1.0 && number.fract() == 0.0 {
            let one_in = format!("\"1/{number}\"");
            report = report.fix(
                format!("for one in {number} write `{one_in}`"),
                node.place,
                one_in,
            );
        }
        self.report(report.help("`1` is all, `0.05` is one in twenty"));
        None
    }

    /// A quantity in a string.
    pub(crate) fn literal<T>(
        &mut self,
        node: &Node,
        read: impl Fn(&str) -> Result<T, LiteralError>,
    ) -> Option<T> {
        let text = self.text(node)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                let length = node.as_text().map_or(0, |text| text.len());
                self.problems(node, vec![error.problem(0..length)]);
                None
            }
        }
    }
}
