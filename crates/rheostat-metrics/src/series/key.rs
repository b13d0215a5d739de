//! The label values of a record, as the bytes that a series is found by.
//!
//! ```text
//! GET │ 200      ──▶   03 00 00 00 G E T  03 00 00 00 2 0 0
//! ```
//!
//! Values are written one after the other, in the order of the metric's label
//! names, straight from the fields. Up to [`INLINE`] bytes need no allocation.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// How long a label value may be unless the policy says otherwise, in bytes.
pub const MAX_LABEL: usize = 128;

/// How many bytes of values fit without an allocation.
const INLINE: usize = 128;

/// What marks a value that was cut.
const CUT: &str = "…";

/// Label values on their way to a series.
///
/// ```
/// use std::fmt::Write;
/// use rheostat_metrics::LabelBuffer;
///
/// let mut labels = LabelBuffer::new(128);
/// labels.push("GET");
/// labels.push_with(|value| write!(value, "{}", 200));
/// assert_eq!(labels.values().collect::<Vec<_>>(), ["GET", "200"]);
/// ```
pub struct LabelBuffer {
    inline: [u8; INLINE],
    used: usize,
    // Invariant: while not empty, it holds everything and `inline` is not read.
    spilled: Vec<u8>,
    max_label: usize,
    // Of the values so far: made from each as it comes, while it is at hand.
    hash: u64,
    // Where the value being written begins.
    start: usize,
    cut: bool,
}

impl LabelBuffer {
    /// No values yet; each will be cut to `max_label` bytes.
    #[inline]
    pub fn new(max_label: usize) -> Self {
        Self {
            inline: [0; INLINE],
            used: 0,
            spilled: Vec::new(),
            max_label: max_label.max(CUT.len()),
            hash: 0,
            start: 0,
            cut: false,
        }
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: &str) {
        let start = self.used + 4;
        let end = start + value.len();
        if value.len() > self.max_label || end > INLINE || !self.spilled.is_empty() {
            return self.push_at_length(value);
        }
        self.inline[self.used..start].copy_from_slice(&(value.len() as u32).to_le_bytes());
        self.inline[start..end].copy_from_slice(value.as_bytes());
        self.used = end;
        self.hash = mixed(self.hash, value.as_bytes());
    }

    #[cold]
    fn push_at_length(&mut self, value: &str) {
        self.begin();
        self.append(value);
        self.end();
    }

    /// Adds a number, in decimal digits.
    #[inline]
    pub fn push_number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.push(std::str::from_utf8(&digits[at..]).unwrap_or(""));
    }

    /// Adds a value that is written piece by piece.
    ///
    /// What was written before an error stands as the value.
    #[inline]
    pub fn push_with(&mut self, write: impl FnOnce(&mut Self) -> fmt::Result) {
        self.begin();
        // A `Display` that fails says nothing more; its beginning is all there is to show.
        let _ = write(self);
        self.end();
    }

    /// The values so far.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        values(self.bytes())
    }

    /// The values as one key.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        if self.spilled.is_empty() {
            &self.inline[..self.used]
        } else {
            &self.spilled
        }
    }

    /// The hash of the key.
    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    #[inline]
    fn begin(&mut self) {
        self.append_bytes(&[0; 4]);
        self.start = self.len();
        self.cut = false;
    }

    #[inline]
    fn end(&mut self) {
        let length = (self.len() - self.start) as u32;
        let at = self.start - 4;
        let bytes = if self.spilled.is_empty() {
            &mut self.inline[..]
        } else {
            &mut self.spilled[..]
        };
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        self.hash = mixed(self.hash, &self.bytes()[self.start..]);
    }

    #[inline]
    fn append(&mut self, text: &str) {
        if self.len() - self.start + text.len() > self.max_label || self.cut {
            self.append_cut(text);
        } else {
            self.append_bytes(text.as_bytes());
        }
    }

    #[cold]
    fn append_cut(&mut self, text: &str) {
        if self.cut {
            return;
        }
        self.cut = true;
        let room = self.max_label - CUT.len();
        let here = self.len() - self.start;
        if here <= room {
            self.append_bytes(&text.as_bytes()[..floor(text, room - here)]);
        } else {
            // What stands there already is too long to take the mark.
            let whole = String::from_utf8_lossy(&self.bytes()[self.start..]).into_owned();
            self.truncate(self.start + floor(&whole, room));
        }
        self.append_bytes(CUT.as_bytes());
    }

    #[inline]
    fn append_bytes(&mut self, bytes: &[u8]) {
        let end = self.used + bytes.len();
        if self.spilled.is_empty() && end <= INLINE {
            self.inline[self.used..end].copy_from_slice(bytes);
            self.used = end;
        } else {
            self.spill(bytes);
        }
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        if self.spilled.is_empty() {
            self.spilled.extend_from_slice(&self.inline[..self.used]);
        }
        self.spilled.extend_from_slice(bytes);
    }

    #[inline]
    fn len(&self) -> usize {
        if self.spilled.is_empty() {
            self.used
        } else {
            self.spilled.len()
        }
    }

    fn truncate(&mut self, to: usize) {
        if self.spilled.is_empty() {
            self.used = to;
        } else {
            self.spilled.truncate(to);
        }
    }
}

impl fmt::Write for LabelBuffer {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text);
        Ok(())
    }
}

impl fmt::Debug for LabelBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values()).finish()
    }
}

/// The hash of some values and one more.
#[inline]
fn mixed(so_far: u64, value: &[u8]) -> u64 {
    (so_far.rotate_left(29) ^ hash(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The hash of a text, different in every process so that nobody can aim at one place of a table.
#[inline]
pub(crate) fn hash(key: &[u8]) -> u64 {
    static STATE: LazyLock<foldhash::fast::RandomState> = LazyLock::new(Default::default);
    STATE.hash_one(key)
}

/// The values of a key.
pub(crate) fn values(key: &[u8]) -> impl Iterator<Item = &str> {
    let mut rest = key;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (value, after) = after.split_at_checked(length)?;
        rest = after;
        Some(std::str::from_utf8(value).unwrap_or(""))
    })
}

/// The end of the last character that lies within the first `at` bytes.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn read(labels: &LabelBuffer) -> Vec<&str> {
        labels.values().collect()
    }

    #[test]
    fn values_come_back_as_they_were_pushed() {
        let mut labels = LabelBuffer::new(MAX_LABEL);
        for value in ["GET", "", "/items/{id}"] {
            labels.push(value);
        }
        assert_eq!(read(&labels), ["GET", "", "/items/{id}"]);
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut labels = LabelBuffer::new(MAX_LABEL);
        for number in [0, 7, 200, u64::MAX] {
            labels.push_number(number);
        }
        assert_eq!(read(&labels), ["0", "7", "200", "18446744073709551615"]);
    }

    #[test]
    fn a_border_between_values_makes_another_key() {
        let mut one = LabelBuffer::new(MAX_LABEL);
        one.push("ab");
        one.push("c");
        let mut other = LabelBuffer::new(MAX_LABEL);
        other.push("a");
        other.push("bc");
        assert_ne!(one.bytes(), other.bytes());
    }

    #[test]
    fn a_long_value_is_cut_at_a_character_and_marked() {
        let mut labels = LabelBuffer::new(8);
        labels.push("äöüß");
        labels.push("äöüßx");
        assert_eq!(read(&labels), ["äöüß", "äö…"]);
    }

    #[test]
    fn a_value_written_in_pieces_is_cut_like_a_whole_one() {
        let mut labels = LabelBuffer::new(8);
        labels.push_with(|value| {
            value.write_str("abcdefgh")?;
            value.write_str("i")?;
            value.write_str("j")
        });
        assert_eq!(read(&labels), ["abcde…"]);
    }

    #[test]
    fn what_does_not_fit_inline_spills_and_stays_whole() {
        let mut labels = LabelBuffer::new(MAX_LABEL);
        let value = "x".repeat(100);
        for _ in 0..9 {
            labels.push(&value);
        }
        assert_eq!(read(&labels), vec![value.as_str(); 9]);
    }
}
