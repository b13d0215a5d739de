//! A point of a metric as a JSON object.

use rheostat_core::sink::{Amount, Family, Histogram, Point, Report};
use rheostat_queue::format::rfc3339;
use serde_json::{Map, Value, json};

/// Integers up to here are the same in every reader; larger ones are texts, as in records.
const SAFE: u64 = 1 << 53;

/// The object, without a line feed.
pub(crate) fn json(report: &Report, family: &Family, point: &Point) -> Vec<u8> {
    let labels: Map<String, Value> = report
        .labels(family, point)
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut object = json!({
        "metric": &*family.name,
        "kind": family.kind.as_str(),
        "from": rfc3339(point.from),
        "time": rfc3339(point.to),
        "labels": labels,
    });
    if let Some(unit) = &family.unit {
        object["unit"] = (&**unit).into();
    }
    match &point.amount {
        Amount::Counter { whole, part, .. } if *part == 0.0 => {
            object["value"] = whole_number(*whole)
        }
        Amount::Histogram(histogram) => distribution(histogram, &mut object),
        other => object["value"] = number(other.number()),
    }
    object.to_string().into_bytes()
}

fn distribution(histogram: &Histogram, object: &mut Value) {
    object["count"] = whole_number(histogram.count());
    object["sum"] = number(histogram.sum);
    let buckets = histogram
        .cumulated()
        .map(|(bound, count)| json!([number(bound), whole_number(count)]));
    object["buckets"] = Value::Array(buckets.collect());
}

fn whole_number(number: u64) -> Value {
    if number <= SAFE {
        number.into()
    } else {
        number.to_string().into()
    }
}

fn number(number: f64) -> Value {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        (if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        })
        .into()
    } else {
        number.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_cannot_write_are_texts() {
        assert_eq!(number(f64::INFINITY), json!("Infinity"));
        assert_eq!(number(0.25), json!(0.25));
        assert_eq!(whole_number(u64::MAX), json!("18446744073709551615"));
        assert_eq!(whole_number(7), json!(7));
    }
}
