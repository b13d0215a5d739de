use rheostat_core::Value;
use rheostat_core::flow::Chunk;
use serde_json::Value as Json;

use super::*;
use crate::testing::{at, one};

/// The first chain, under a name that does not differ from run to run.
fn chain() -> Chain {
    Chain {
        id: 0x00f0_67aa_0ba9_02b7,
        ..Chain::after([0; 32])
    }
}

fn linked(chain: &mut Chain, message: &str) -> Chunk {
    let mut chunk = one(
        |route| route.durable = true,
        |draft| draft.head(&at(1, 1), Some(Value::Text(message))),
    );
    let mut room = Vec::new();
    chunk.link(|record| Some(chain.link(record, &mut room)));
    chunk
}

fn line(chunk: &Chunk) -> String {
    let mut out = Vec::new();
    Format::Json.record(&chunk.records().next().unwrap(), &mut out);
    String::from_utf8(out).unwrap()
}

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_hash_is_that_of_the_line_before_it() {
    let line = line(&linked(&mut chain(), "paid,\"hash\":\""));
    let (before, rest) = line.rsplit_once(",\"hash\":\"").unwrap();
    let hash: [u8; 32] = Sha256::hash(before.as_bytes());
    assert_eq!(rest, format!("{}\"}}}}\n", hex(hash)));
}

#[test]
fn each_record_holds_the_hash_of_the_one_before() {
    let mut chain = chain();
    let lines: Vec<Json> = ["one", "two", "three"]
        .map(|message| serde_json::from_str(&line(&linked(&mut chain, message))).unwrap())
        .into();
    assert_eq!(lines[0]["chain"]["prev"], "0".repeat(64));
    for (at, pair) in lines.windows(2).enumerate() {
        assert_eq!(pair[1]["chain"]["prev"], pair[0]["chain"]["hash"]);
        assert_eq!(pair[1]["chain"]["seq"], at as u64 + 1);
    }
    assert_eq!(lines[2]["chain"]["hash"], hex(chain.head()));
}

/// What waits in a spool is delivered by whichever version comes next: its JSON, and so its hash, must not change.
#[test]
fn the_hash_of_a_record_is_the_same_in_every_version() {
    let chunk = linked(&mut chain(), "paid");
    let thread = chunk.records().next().unwrap().thread().to_owned();
    let line = line(&chunk).replace(&thread, "main#1");
    let (before, _) = line.rsplit_once(",\"hash\":").unwrap();
    let hash: [u8; 32] = Sha256::hash(before.as_bytes());
    assert_eq!(
        hex(hash),
        "f19ce1f762f8afd9b2adefe76f348de91d3c59098690360ff4400eafea3d6d49"
    );
}

#[test]
fn a_record_without_a_link_has_none_when_others_get_theirs() {
    let mut chunk = one(|_| {}, |draft| draft.head(&at(1, 1), None));
    let before = line(&chunk);
    chunk.link(|_| None);
    assert_eq!(line(&chunk), before);
}
