//! Writing into a slice that may be too small, and reading back what was written.

use crate::value::Value;
use crate::value::tlv::{self, Buffer};

/// What is put at the end of a text that was cut.
pub(crate) const MARK: &str = "…";

/// Writes into a slice that may be too small; then nothing more is written.
#[derive(Debug)]
pub(crate) struct Put<'b> {
    room: &'b mut [u8],
    at: usize,
    /// Where the room ends; 0 once something did not fit, so that nothing fits any more.
    end: usize,
}

impl Buffer for Put<'_> {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        if end > self.end {
            self.end = 0;
            return;
        }
        if let Some(room) = self.room.get_mut(self.at..end) {
            room.copy_from_slice(bytes);
        }
        self.at = end;
    }
}

impl<'b> Put<'b> {
    #[inline]
    pub(crate) fn new(room: &'b mut [u8]) -> Self {
        let end = room.len();
        Self { room, at: 0, end }
    }

    /// How much was written, unless it did not fit.
    #[inline]
    pub(crate) fn finish(self) -> Option<usize> {
        (self.end > 0).then_some(self.at)
    }

    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    #[inline]
    pub(crate) fn u16(&mut self, value: u16) {
        self.put(&value.to_le_bytes());
    }

    #[inline]
    pub(crate) fn u32(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    #[inline]
    pub(crate) fn u64(&mut self, value: u64) {
        self.put(&value.to_le_bytes());
    }

    /// Replaces bytes written before.
    #[inline]
    pub(crate) fn patch(&mut self, at: usize, bytes: &[u8]) {
        if let Some(room) = self.room.get_mut(at..at + bytes.len()) {
            room.copy_from_slice(bytes);
        }
    }

    /// Sets bits in a byte written before.
    pub(crate) fn raise(&mut self, at: usize, bits: u8) {
        if let Some(byte) = self.room.get_mut(at) {
            *byte |= bits;
        }
    }

    /// A text of at most 65,535 bytes, such as a name.
    #[inline]
    pub(crate) fn name(&mut self, name: &str) {
        let name = &name[..floor(name, usize::from(u16::MAX))];
        self.u16(name.len() as u16);
        self.put(name.as_bytes());
    }

    /// A value; texts and bytes longer than `limit` are cut and marked.
    #[inline]
    pub(crate) fn value(&mut self, value: Value<'_>, limit: usize) {
        let too_long = match value {
            Value::Text(text) | Value::Formatted(text) | Value::Error(text) => text.len() > limit,
            Value::Bytes(bytes) => bytes.len() > limit,
            _ => false,
        };
        if too_long {
            self.cut(value, limit);
        } else {
            tlv::encode(value, self);
        }
    }

    #[cold]
    fn cut(&mut self, value: Value<'_>, limit: usize) {
        let cut = |text: &str| {
            let kept = floor(text, limit.saturating_sub(MARK.len()));
            format!("{}{MARK}", &text[..kept])
        };
        match value {
            Value::Text(text) => tlv::encode(Value::Text(&cut(text)), self),
            Value::Formatted(text) => tlv::encode(Value::Formatted(&cut(text)), self),
            Value::Error(text) => tlv::encode(Value::Error(&cut(text)), self),
            Value::Bytes(bytes) => tlv::encode(Value::Bytes(&bytes[..limit]), self),
            other => tlv::encode(other, self),
        }
    }
}

/// The last character boundary at or before a position.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Reads what [`Put`] wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Take<'b> {
    rest: &'b [u8],
}

impl<'b> Take<'b> {
    pub(crate) fn new(rest: &'b [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// The next bytes; none where the entry is shorter than it says, which only
    /// a bug of ours can bring about and which then reads as missing values.
    #[inline]
    pub(crate) fn bytes(&mut self, len: usize) -> &'b [u8] {
        if let Some((bytes, rest)) = self.rest.split_at_checked(len) {
            self.rest = rest;
            return bytes;
        }
        debug_assert!(false, "an entry is shorter than it says");
        self.rest = &[];
        &[]
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N).try_into().unwrap_or([0; N])
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    #[inline]
    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    #[inline]
    pub(crate) fn name(&mut self) -> &'b str {
        let len = usize::from(self.u16());
        std::str::from_utf8(self.bytes(len)).unwrap_or("")
    }

    #[inline]
    pub(crate) fn value(&mut self) -> Value<'b> {
        let Some((value, len)) = tlv::decode(self.rest) else {
            debug_assert!(false, "an entry holds no value where it should");
            self.rest = &[];
            return Value::Missing;
        };
        self.bytes(len);
        value
    }
}

/// Reads bytes that may be anything: what is not there is `None`.
#[derive(Debug)]
pub(crate) struct Reading<'b> {
    rest: &'b [u8],
}

impl<'b> Reading<'b> {
    pub(crate) fn new(rest: &'b [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(bytes)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        let bytes = self.bytes(4)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'b str> {
        let len = self.u32()? as usize;
        std::str::from_utf8(self.bytes(len)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(value: Value<'_>, limit: usize, check: impl FnOnce(Value<'_>)) {
        let mut room = [0; 64];
        let mut put = Put::new(&mut room);
        put.value(value, limit);
        let len = put.finish().unwrap();
        let mut take = Take::new(&room[..len]);
        check(take.value());
        assert!(take.rest().is_empty());
    }

    #[test]
    fn a_long_text_is_cut_at_a_character_and_marked() {
        round(Value::Text("ääääää"), 8, |back| {
            assert_eq!(back, Value::Text("ää…"))
        });
    }

    #[test]
    fn a_text_of_exactly_the_limit_stays_whole() {
        round(Value::Formatted("12345678"), 8, |back| {
            assert_eq!(back, Value::Formatted("12345678"));
        });
    }

    #[test]
    fn no_room_at_all_leaves_the_mark() {
        round(Value::Text("secret"), 0, |back| {
            assert_eq!(back, Value::Text("…"))
        });
    }

    #[test]
    fn what_does_not_fit_is_said_to_not_fit() {
        let mut room = [0; 8];
        let mut put = Put::new(&mut room);
        put.value(Value::Text("longer than that"), 100);
        assert_eq!(put.finish(), None);
    }
}
