//! From a value of the language to a number in the unit of a metric.

use rheostat_core::plan::RefusedValue;
use rheostat_core::value::{Num, Value};
use rheostat_policy::model::{OutOf, Unit};

/// How the values of one action become numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Convert {
    // Plain numbers: times the first, by the second. Kept apart, since one division rounds once.
    numbers: Option<(f64, f64)>,
    // Nanoseconds by this; a metric without a unit of time takes no duration.
    nanoseconds: Option<f64>,
    // Bytes by this; a metric without a unit of size takes their number, one in a unit of time does not.
    bytes: Option<f64>,
}

/// A number, exact where it can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// Whole and not negative.
    Whole(u64),
    /// Any other, finite.
    Float(f64),
}

impl Convert {
    /// From what an action says of its numbers to what its metric is in.
    pub(super) fn new(from: Option<&Unit>, to: Option<&Unit>) -> Self {
        let scale = |unit: Option<&Unit>| unit.and_then(|unit| unit.scale);
        let numbers = match (scale(from), scale(to)) {
            (Some(OutOf::Nanoseconds(from)), Some(OutOf::Nanoseconds(to)))
            | (Some(OutOf::Bytes(from)), Some(OutOf::Bytes(to)))
                if from != to =>
            {
                Some((from, to))
            }
            _ => None,
        };
        let (nanoseconds, bytes) = match scale(to) {
            Some(OutOf::Nanoseconds(scale)) => (Some(scale), None),
            Some(OutOf::Bytes(scale)) => (None, Some(scale)),
            None => (None, Some(1.0)),
        };
        Self {
            numbers,
            nanoseconds,
            bytes,
        }
    }

    /// By how much nanoseconds are divided; `None` where the metric takes no duration.
    pub(super) fn nanoseconds(&self) -> Option<f64> {
        self.nanoseconds
    }

    /// The number that a value is in the metric's unit.
    #[inline(always)]
    pub(super) fn number(&self, value: Value<'_>) -> Result<Number, RefusedValue> {
        match value {
            Value::U64(whole) if self.numbers.is_none() => Ok(Number::Whole(whole)),
            Value::F64(float) if self.numbers.is_none() => finite(float),
            value => self.number_of(value),
        }
    }

    fn number_of(&self, value: Value<'_>) -> Result<Number, RefusedValue> {
        match value {
            Value::Missing => Err(RefusedValue::Missing),
            Value::Duration(nanos) => self.duration(nanos),
            Value::Size(bytes) => self.size(bytes),
            value => match value.number() {
                Some(number) => self.plain(number),
                None => match value.duration() {
                    Some(nanos) => self.duration(nanos),
                    None => Err(RefusedValue::Unfit),
                },
            },
        }
    }

    fn plain(&self, number: Num) -> Result<Number, RefusedValue> {
        if let Some((from, to)) = self.numbers {
            return finite(number.to_f64() * from / to);
        }
        match number.whole().map(u64::try_from) {
            Some(Ok(whole)) => Ok(Number::Whole(whole)),
            _ => finite(number.to_f64()),
        }
    }

    fn duration(&self, nanos: i128) -> Result<Number, RefusedValue> {
        let scale = self.nanoseconds.ok_or(RefusedValue::Unfit)?;
        match u64::try_from(nanos) {
            Ok(nanos) => whole_or_not(Some(nanos), nanos as f64, scale),
            Err(_) => whole_or_not(None, nanos as f64, scale),
        }
    }

    fn size(&self, bytes: u64) -> Result<Number, RefusedValue> {
        let scale = self.bytes.ok_or(RefusedValue::Unfit)?;
        whole_or_not(Some(bytes), bytes as f64, scale)
    }
}

impl Number {
    pub(super) fn to_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Float(float) => float,
        }
    }

    /// As an amount for a counter.
    pub(super) fn amount(self) -> Result<Self, RefusedValue> {
        match self {
            Self::Float(float) if float < 0.0 => Err(RefusedValue::Negative),
            number => Ok(number),
        }
    }
}

/// Stays exact where nothing is to be converted.
fn whole_or_not(whole: Option<u64>, float: f64, scale: f64) -> Result<Number, RefusedValue> {
    match whole {
        Some(whole) if scale == 1.0 => Ok(Number::Whole(whole)),
        _ => finite(float / scale),
    }
}

fn finite(float: f64) -> Result<Number, RefusedValue> {
    if float.is_finite() {
        Ok(Number::Float(float))
    } else {
        Err(RefusedValue::NotFinite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, scale: Option<OutOf>) -> Unit {
        Unit {
            name: name.into(),
            scale,
        }
    }

    fn seconds() -> Unit {
        unit("seconds", Some(OutOf::Nanoseconds(1e9)))
    }

    fn milliseconds() -> Unit {
        unit("milliseconds", Some(OutOf::Nanoseconds(1e6)))
    }

    fn bytes() -> Unit {
        unit("bytes", Some(OutOf::Bytes(1.0)))
    }

    #[test]
    fn durations_become_the_metrics_unit_and_so_does_text_that_is_one() {
        let convert = Convert::new(None, Some(&seconds()));
        assert_eq!(
            convert.number(Value::Duration(1_500_000)),
            Ok(Number::Float(0.0015))
        );
        assert_eq!(
            convert.number(Value::Formatted("152.3ms")),
            Ok(Number::Float(0.1523))
        );
    }

    #[test]
    fn plain_numbers_are_in_the_actions_unit_where_it_says_one() {
        let convert = Convert::new(Some(&milliseconds()), Some(&seconds()));
        assert_eq!(convert.number(Value::U64(3)), Ok(Number::Float(0.003)));
        assert_eq!(
            convert.number(Value::Duration(3_000_000)),
            Ok(Number::Float(0.003))
        );
        let same = Convert::new(Some(&seconds()), Some(&seconds()));
        assert_eq!(same.number(Value::U64(3)), Ok(Number::Whole(3)));
    }

    #[test]
    fn sizes_are_numbers_of_bytes_but_no_times() {
        assert_eq!(
            Convert::new(None, Some(&bytes())).number(Value::Size(1 << 60)),
            Ok(Number::Whole(1 << 60))
        );
        assert_eq!(
            Convert::new(None, None).number(Value::Size(7)),
            Ok(Number::Whole(7))
        );
        assert_eq!(
            Convert::new(None, Some(&seconds())).number(Value::Size(7)),
            Err(RefusedValue::Unfit)
        );
        assert_eq!(
            Convert::new(None, Some(&bytes())).number(Value::Duration(7)),
            Err(RefusedValue::Unfit)
        );
    }

    #[test]
    fn what_is_no_number_is_refused_by_cause() {
        let convert = Convert::new(None, None);
        for (value, cause) in [
            (Value::Missing, RefusedValue::Missing),
            (Value::Text("200 OK"), RefusedValue::Unfit),
            (Value::Bool(true), RefusedValue::Unfit),
            (Value::F64(f64::NAN), RefusedValue::NotFinite),
            (Value::F64(f64::INFINITY), RefusedValue::NotFinite),
        ] {
            assert_eq!(convert.number(value), Err(cause));
        }
        let negative = convert.number(Value::I64(-1)).and_then(Number::amount);
        assert_eq!(negative, Err(RefusedValue::Negative));
    }
}
