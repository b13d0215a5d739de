//! One record as one line: time, level, target, message, fields.

use std::fmt::Write;

use rheostat_core::Value;
use rheostat_core::flow::RecordView;

/// Adds a record's line to a text.
pub(crate) fn line(record: &RecordView<'_>, out: &mut String) {
    let fields: Vec<String> = record
        .fields()
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    let message = record.message().map(text).unwrap_or_default();
    // Writing to a text cannot fail.
    let _ = write!(out, "{},{}", record.time(), record.level().as_str());
    for cell in [record.target(), &message, &fields.join(" ")] {
        out.push(',');
        quote(cell, out);
    }
    out.push('\n');
}

fn text(value: Value<'_>) -> String {
    match value {
        Value::Text(text) | Value::Formatted(text) | Value::Error(text) => text.to_owned(),
        Value::Bool(value) => value.to_string(),
        other => other
            .number()
            .map(|number| number.to_f64().to_string())
            .unwrap_or_default(),
    }
}

/// Quoted where RFC 4180 asks for it.
fn quote(cell: &str, out: &mut String) {
    if cell.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_a_comma_or_a_quote_is_quoted() {
        let quoted = |cell| {
            let mut out = String::new();
            quote(cell, &mut out);
            out
        };
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"a\""), "\"say \"\"a\"\"\"");
    }
}
