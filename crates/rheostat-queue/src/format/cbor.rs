//! CBOR (RFC 8949), one map after another: a CBOR sequence.
//!
//! `cbor` has the keys of `json`, and tags times as such. `compact` has the
//! numbers of [`Key`] for our own keys, times as nanoseconds since the Unix
//! epoch, ids as numbers; fields of the program keep their names in both.
//! Maps and lists are of indefinite length, so nothing is counted beforehand.

use rheostat_core::Value;

use super::emit::{Emit, Key};
use super::{number, time};

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1 << 5;
const BYTES: u8 = 2 << 5;
const TEXT: u8 = 3 << 5;
const TAG: u8 = 6 << 5;
const OPEN_LIST: u8 = 0x9f;
const OPEN_MAP: u8 = 0xbf;
const END: u8 = 0xff;
const FALSE: u8 = 0xf4;
const NULL: u8 = 0xf6;
const FLOAT: u8 = 0xfb;
/// Tags: a time as text, a large number, a large negative number.
const TIME_TEXT: u64 = 0;
const BIG: u64 = 2;
const BIG_NEGATIVE: u64 = 3;

pub(super) struct Cbor<'o> {
    out: &'o mut Vec<u8>,
    numbered: bool,
}

impl<'o> Cbor<'o> {
    pub(super) fn named(out: &'o mut Vec<u8>) -> Self {
        Self {
            out,
            numbered: false,
        }
    }

    pub(super) fn numbered(out: &'o mut Vec<u8>) -> Self {
        Self {
            out,
            numbered: true,
        }
    }

    /// The first bytes of an item: its kind, and a number in as few bytes as it takes.
    fn head(&mut self, kind: u8, number: u64) {
        let bytes = number.to_be_bytes();
        match number {
            0..24 => self.out.push(kind | bytes[7]),
            24..0x100 => self.out.extend_from_slice(&[kind | 24, bytes[7]]),
            0x100..0x1_0000 => {
                self.out.push(kind | 25);
                self.out.extend_from_slice(&bytes[6..]);
            }
            0x1_0000..0x1_0000_0000 => {
                self.out.push(kind | 26);
                self.out.extend_from_slice(&bytes[4..]);
            }
            _ => {
                self.out.push(kind | 27);
                self.out.extend_from_slice(&bytes);
            }
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.head(BYTES, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn unsigned(&mut self, number: u128) {
        match u64::try_from(number) {
            Ok(number) => self.head(UNSIGNED, number),
            Err(_) => self.big(BIG, number),
        }
    }

    fn signed(&mut self, number: i128) {
        if number >= 0 {
            return self.unsigned(number.unsigned_abs());
        }
        let below = number.unsigned_abs() - 1;
        match u64::try_from(below) {
            Ok(below) => self.head(NEGATIVE, below),
            Err(_) => self.big(BIG_NEGATIVE, below),
        }
    }

    fn big(&mut self, tag: u64, number: u128) {
        self.head(TAG, tag);
        let bytes = number.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        self.bytes(&bytes[zeros..]);
    }

    fn float(&mut self, number: f64) {
        self.out.push(FLOAT);
        self.out.extend_from_slice(&number.to_be_bytes());
    }
}

impl Emit for Cbor<'_> {
    fn open(&mut self) {
        self.out.push(OPEN_MAP);
    }

    fn close(&mut self) {
        self.out.push(END);
    }

    fn open_list(&mut self) {
        self.out.push(OPEN_LIST);
    }

    fn close_list(&mut self) {
        self.out.push(END);
    }

    fn item(&mut self) {}

    fn key(&mut self, key: Key) {
        if self.numbered {
            self.head(UNSIGNED, key as u64);
        } else {
            self.text(key.as_str());
        }
    }

    fn name(&mut self, name: &str) {
        self.text(name);
    }

    fn text(&mut self, text: &str) {
        self.head(TEXT, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.head(UNSIGNED, number);
    }

    fn weight(&mut self, weight: f64) {
        self.float(weight);
    }

    fn time(&mut self, nanos: u64) {
        if self.numbered {
            self.head(UNSIGNED, nanos);
        } else {
            self.head(TAG, TIME_TEXT);
            self.head(TEXT, 30);
            time::rfc3339(nanos, self.out);
        }
    }

    fn span_id(&mut self, id: u64) {
        if self.numbered {
            self.head(UNSIGNED, id);
        } else {
            self.head(TEXT, 16);
            number::hex_u64(id, self.out);
        }
    }

    fn trace_id(&mut self, id: u128) {
        if self.numbered {
            self.bytes(&id.to_be_bytes());
        } else {
            self.head(TEXT, 32);
            number::hex_u128(id, self.out);
        }
    }

    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Missing => self.out.push(NULL),
            Value::Bool(value) => self.out.push(FALSE + u8::from(value)),
            Value::I64(number) => self.signed(i128::from(number)),
            Value::U64(number) | Value::Size(number) => self.head(UNSIGNED, number),
            Value::I128(number) | Value::Duration(number) => self.signed(number),
            Value::U128(number) => self.unsigned(number),
            Value::F64(number) => self.float(number),
            Value::Text(text) | Value::Formatted(text) | Value::Error(text) => self.text(text),
            Value::Bytes(bytes) => self.bytes(bytes),
        }
    }

    fn value_as_text(&mut self, value: Value<'_>) {
        let mut shown = Vec::new();
        match number::plain(value, &mut shown) {
            Some(text) => self.text(text),
            None => {
                self.head(TEXT, shown.len() as u64);
                self.out.append(&mut shown);
            }
        }
    }
}
