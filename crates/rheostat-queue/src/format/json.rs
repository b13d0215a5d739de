//! One JSON object a line.

use rheostat_core::Value;
use rheostat_core::flow::RecordView;

use super::emit::{self, Emit, Key};
use super::{escape, number, time};

pub(super) struct Json<'o> {
    out: &'o mut Vec<u8>,
    /// Nothing was written in the current map or list yet.
    first: bool,
}

impl<'o> Json<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, first: true }
    }

    #[inline]
    fn separate(&mut self) {
        if self.first {
            self.first = false;
        } else {
            self.out.push(b',');
        }
    }

    fn begin(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.first = true;
    }

    fn end(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.first = false;
    }

    fn quoted(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.push(b'"');
        write(self.out);
        self.out.push(b'"');
    }

    #[inline]
    fn integer(&mut self, magnitude: u128, integer: impl itoa::Integer) {
        if number::is_safe(magnitude) {
            number::integer(integer, self.out);
        } else {
            self.quoted(|out| number::integer(integer, out));
        }
    }
}

/// A line of a dead-letter file.
pub(super) fn letter(record: &RecordView<'_>, sink: &str, why: &str, at: u64, out: &mut Vec<u8>) {
    let mut json = Json::new(out);
    json.open();
    json.name("refused_at");
    json.time(at);
    json.name("sink");
    json.text(sink);
    json.name("why");
    json.text(why);
    json.name("record");
    emit::record(record, &mut Json::new(out));
    out.extend_from_slice(b"}\n");
}

impl Emit for Json<'_> {
    fn open(&mut self) {
        self.begin(b'{');
    }

    fn close(&mut self) {
        self.end(b'}');
    }

    fn open_list(&mut self) {
        self.begin(b'[');
    }

    fn close_list(&mut self) {
        self.end(b']');
    }

    fn item(&mut self) {
        self.separate();
    }

    #[inline]
    fn key(&mut self, key: Key) {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_str().as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    #[inline]
    fn name(&mut self, name: &str) {
        self.separate();
        self.text(name);
        self.out.push(b':');
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.quoted(|out| escape::json(text, out));
    }

    #[inline]
    fn number(&mut self, number: u64) {
        self.integer(u128::from(number), number);
    }

    fn weight(&mut self, weight: f64) {
        // Most weights are whole, and shorter without a fraction.
        if weight.fract() == 0.0 && (0.0..9e15).contains(&weight) {
            number::integer(weight as u64, self.out);
        } else {
            self.value(Value::F64(weight));
        }
    }

    #[inline]
    fn time(&mut self, nanos: u64) {
        self.quoted(|out| time::rfc3339(nanos, out));
    }

    fn span_id(&mut self, id: u64) {
        self.quoted(|out| number::hex_u64(id, out));
    }

    fn trace_id(&mut self, id: u128) {
        self.quoted(|out| number::hex_u128(id, out));
    }

    #[inline]
    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Missing => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::I64(number) => self.integer(u128::from(number.unsigned_abs()), number),
            Value::U64(number) | Value::Size(number) => self.integer(u128::from(number), number),
            Value::I128(number) | Value::Duration(number) => {
                self.integer(number.unsigned_abs(), number);
            }
            Value::U128(number) => self.integer(number, number),
            Value::F64(number) if number.is_finite() => number::float(number, self.out),
            Value::F64(number) => self.text(number::not_finite(number)),
            Value::Text(text) | Value::Formatted(text) | Value::Error(text) => self.text(text),
            Value::Bytes(bytes) => self.quoted(|out| number::base64(bytes, out)),
        }
    }

    fn value_as_text(&mut self, value: Value<'_>) {
        self.quoted(|out| {
            if let Some(text) = number::plain(value, out) {
                escape::json(text, out);
            }
        });
    }
}
