//! One line of what was delivered: where it says to stand in which chain, and whether it is as it was written.
//!
//! A record's hash is SHA-256 of its line up to `,"hash":`, so nothing of it
//! is parsed but its end.

use std::collections::BTreeMap;

use hmac_sha256::Hash as Sha256;
use serde::de::IgnoredAny;
use serde_json::from_slice;

/// What stands at the top of a record or of a gap.
const KEYS: [&str; 24] = [
    "time",
    "level",
    "target",
    "name",
    "kind",
    "message",
    "fields",
    "spans",
    "rule",
    "weight",
    "seq",
    "thread",
    "file",
    "line",
    "trace_id",
    "span_id",
    "duration_ns",
    "busy_ns",
    "idle_ns",
    "phase",
    "sink",
    "lost",
    "from",
    "to",
];
/// Where a record of a chain says where it stands.
const CHAIN: &str = "chain";

/// A hash as it is compared.
pub(super) type Hash = [u8; 32];

/// Where a record says to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) chain: u64,
    pub(super) seq: u64,
    pub(super) prev: Hash,
    pub(super) hash: Hash,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A record of a chain, as it was written.
    Whole(Link),
    /// A record of a chain that was refused by its destination and put aside.
    PutAside(Link),
    /// A record of a chain that is not as it was written.
    Altered(Link),
    /// A record of no chain, or a gap.
    Plain,
    /// A record of a chain in another spelling: its hash cannot be told.
    Respelled,
    /// Nothing that Rheostat writes.
    Foreign,
}

impl Line {
    /// Reads a line without its line feed.
    pub(super) fn read(line: &[u8]) -> Self {
        if let Some(record) = put_aside(line) {
            return match link(record) {
                Some((link, true)) => Self::PutAside(link),
                Some((link, false)) => Self::Altered(link),
                None => Self::Plain,
            };
        }
        match link(line) {
            Some((link, true)) => Self::Whole(link),
            Some((link, false)) => Self::Altered(link),
            None => Self::without_link(line),
        }
    }

    fn without_link(line: &[u8]) -> Self {
        let Ok(keys) = from_slice::<BTreeMap<String, IgnoredAny>>(line) else {
            return Self::Foreign;
        };
        let known = |key: &String| KEYS.contains(&key.as_str());
        if keys.contains_key(CHAIN) {
            Self::Respelled
        } else if !keys.is_empty() && keys.keys().all(known) {
            Self::Plain
        } else {
            Self::Foreign
        }
    }
}

/// The record in a line of a dead-letter file. No text before it can hold what is looked for: its quotes would be escaped.
fn put_aside(line: &[u8]) -> Option<&[u8]> {
    const RECORD: &[u8] = b",\"record\":{";
    let rest = line.strip_prefix(b"{\"refused_at\":")?.strip_suffix(b"}")?;
    let at = rest.windows(RECORD.len()).position(|part| part == RECORD)?;
    Some(&rest[at + RECORD.len() - 1..])
}

/// Where the record says to stand, and whether its hash is right.
fn link(line: &[u8]) -> Option<(Link, bool)> {
    let rest = line.strip_suffix(b"\"}}")?;
    let (rest, hash) = last_hash(rest)?;
    let hashed = rest.strip_suffix(b",\"hash\":\"")?;
    let (rest, prev) = last_hash(hashed.strip_suffix(b"\"")?)?;
    let rest = rest.strip_suffix(b",\"prev\":\"")?;
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let (rest, seq) = rest.split_at(rest.len() - digits.count());
    let rest = rest.strip_suffix(b"\",\"seq\":")?;
    let (rest, chain) = rest.split_last_chunk::<16>()?;
    rest.strip_suffix(b",\"chain\":{\"id\":\"")?;
    let link = Link {
        chain: u64::from_be_bytes(unhex(chain)?),
        seq: std::str::from_utf8(seq).ok()?.parse().ok()?,
        prev,
        hash,
    };
    let own: Hash = Sha256::hash(hashed);
    Some((link, own == hash))
}

fn last_hash(text: &[u8]) -> Option<(&[u8], Hash)> {
    let (rest, digits) = text.split_last_chunk::<64>()?;
    Some((rest, unhex(digits)?))
}

/// The bytes that lower-case hex digits stand for.
pub(super) fn unhex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Hex digits for bytes.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_keys_are_those_of_the_schema() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/record.schema.json");
        let text = std::fs::read_to_string(path).expect("the schema is there");
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let of = |what: &str| schema["$defs"][what]["properties"].as_object().cloned();
        let (record, gap) = (of("record").expect("a map"), of("gap").expect("a map"));
        let mut written: Vec<&str> = record
            .keys()
            .chain(gap.keys())
            .map(String::as_str)
            .collect();
        written.retain(|key| *key != CHAIN);
        written.sort_unstable();
        written.dedup();
        let mut keys = KEYS;
        keys.sort_unstable();
        assert_eq!(written, keys);
    }
}
