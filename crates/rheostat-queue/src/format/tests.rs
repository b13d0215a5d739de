use rheostat_core::CallsiteKind;
use rheostat_core::Value;
use rheostat_core::flow::{Chunk, Moment, Timings, Trace};
use rheostat_core::ledger::Cause;
use rheostat_core::names::NameId;
use rheostat_core::sink::Gap;
use serde_json::Value as Json;

use super::Format;
use crate::testing::{at, one};

const MOMENT: u64 = 1_795_300_199_123_456_789;

fn bytes(format: Format, chunk: &Chunk) -> Vec<u8> {
    let mut out = Vec::new();
    format.record(&chunk.records().next().unwrap(), &mut out);
    out
}

fn text(format: Format, chunk: &Chunk) -> String {
    let line = String::from_utf8(bytes(format, chunk)).unwrap();
    // The thread's name is the test's, and its number depends on the others.
    let thread = chunk.records().next().unwrap().thread().to_owned();
    line.replace(&thread, "main#1")
}

/// A record as JSON.
pub(super) fn json_line(chunk: &Chunk) -> Json {
    serde_json::from_slice(&bytes(Format::Json, chunk)).unwrap()
}

/// An event inside two spans, with a message, fields and trace ids.
pub(super) fn event() -> Chunk {
    one(
        |_| {},
        |draft| {
            let mut head = at(MOMENT, 7);
            head.weight = 20.0;
            head.trace = Some(Trace {
                trace: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736,
                span: 0x00f0_67aa_0ba9_02b7,
            });
            draft.head(&head, Some(Value::Formatted("order \"7\" placed")));
            draft.field(0, Value::F64(12.5));
            draft.field(1, Value::Text("a b"));
            draft.span(1, "request");
            draft.span_field(NameId::of("method"), Value::Text("GET"));
            draft.span(2, "order");
        },
    )
}

/// A span that closed.
pub(super) fn span() -> Chunk {
    one(
        |route| {
            route.callsite.kind = CallsiteKind::Span;
            route.callsite.name = "request".into();
            route.callsite.file = None;
            route.callsite.line = None;
        },
        |draft| {
            let mut head = at(MOMENT, 8);
            head.moment = Moment::Close;
            head.timings = Some(Timings {
                duration: Some(1_234_567),
                busy: Some(999),
                idle: None,
            });
            draft.head(&head, None);
            draft.field(0, Value::Bool(true));
            draft.span(3, "request");
        },
    )
}

fn gap() -> Gap {
    Gap {
        sink: "lake".into(),
        lost: vec![(Cause::QueueFull, 41), (Cause::RingFull, 1)],
        from: 0,
        to: MOMENT,
    }
}

pub(super) fn gap_text(format: Format) -> String {
    let mut out = Vec::new();
    format.gap(&gap(), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn an_event_is_one_json_line_with_its_keys_in_order() {
    assert_eq!(
        text(Format::Json, &event()),
        concat!(
            r#"{"time":"2026-11-21T22:29:59.123456789Z","level":"info","target":"shop::db","#,
            r#""name":"event src/db.rs:41","kind":"event","message":"order \"7\" placed","#,
            r#""fields":{"a":12.5,"b":"a b"},"spans":[{"name":"request","id":"0000000000000001","#,
            r#""fields":{"method":"GET"}},{"name":"order","id":"0000000000000002"}],"#,
            r#""rule":"orders","weight":20,"seq":7,"thread":"main#1","file":"src/db.rs","line":41,"#,
            r#""trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}"#,
            "\n"
        )
    );
}

#[test]
fn a_span_adds_its_timings_and_leaves_out_what_it_has_not() {
    assert_eq!(
        text(Format::Json, &span()),
        concat!(
            r#"{"time":"2026-11-21T22:29:59.123456789Z","level":"info","target":"shop::db","#,
            r#""name":"request","kind":"span","fields":{"a":true},"#,
            r#""spans":[{"name":"request","id":"0000000000000003"}],"rule":"orders","weight":1,"#,
            r#""seq":8,"thread":"main#1","duration_ns":1234567,"busy_ns":999,"phase":"close"}"#,
            "\n"
        )
    );
}

#[test]
fn a_gap_says_how_many_went_missing_and_when() {
    assert_eq!(
        gap_text(Format::Json),
        concat!(
            r#"{"time":"2026-11-21T22:29:59.123456789Z","kind":"gap","sink":"lake","#,
            r#""lost":{"queue_full":41,"ring_full":1},"from":"1970-01-01T00:00:00.000000000Z","#,
            r#""to":"2026-11-21T22:29:59.123456789Z"}"#,
            "\n"
        )
    );
}

fn json_of(value: Value<'_>) -> Json {
    let chunk = one(
        |_| {},
        |draft| {
            draft.head(&at(0, 0), None);
            draft.field(0, value);
        },
    );
    let line: Json = serde_json::from_slice(&bytes(Format::Json, &chunk)).unwrap();
    line["fields"]["a"].clone()
}

#[test]
fn integers_that_not_every_reader_takes_are_strings() {
    assert_eq!(json_of(Value::U64(1 << 53)), 1_u64 << 53);
    assert_eq!(json_of(Value::U64((1 << 53) + 1)), "9007199254740993");
    assert_eq!(json_of(Value::I64(-(1 << 53))), -(1_i64 << 53));
    assert_eq!(json_of(Value::I64(i64::MIN)), "-9223372036854775808");
    assert_eq!(json_of(Value::U128(u128::MAX)), u128::MAX.to_string());
    assert_eq!(json_of(Value::I128(-3)), -3);
}

#[test]
fn what_is_no_number_is_a_string() {
    assert_eq!(json_of(Value::F64(f64::NAN)), "NaN");
    assert_eq!(json_of(Value::F64(f64::INFINITY)), "Infinity");
    assert_eq!(json_of(Value::F64(f64::NEG_INFINITY)), "-Infinity");
    assert_eq!(json_of(Value::F64(-0.1)), -0.1);
}

#[test]
fn bytes_are_base64() {
    assert_eq!(json_of(Value::Bytes(&[0, 255, 16])), "AP8Q");
}

#[test]
fn every_text_survives_json_and_holds_no_control() {
    for start in (0..0x3000).step_by(0x400) {
        let some: String = (start..start + 0x400).filter_map(char::from_u32).collect();
        assert_eq!(json_of(Value::Text(&some)), *some);
        let chunk = one(
            |_| {},
            |draft| {
                draft.head(&at(0, 0), None);
                draft.field(0, Value::Text(&some));
            },
        );
        let line = text(Format::Json, &chunk);
        let body = line.strip_suffix('\n').unwrap();
        assert!(!body.chars().any(char::is_control));
    }
}

#[test]
fn a_field_that_would_clash_lives_in_fields() {
    let chunk = one(
        |route| route.fields[0].name = "time".into(),
        |draft| {
            draft.head(&at(0, 0), None);
            draft.field(0, Value::U64(5));
        },
    );
    assert!(text(Format::Json, &chunk).contains(r#""fields":{"time":5}"#));
    assert!(text(Format::Logfmt, &chunk).contains(" fields.time=5 "));
}

#[test]
fn a_message_that_is_no_text_becomes_one() {
    let chunk = one(|_| {}, |draft| draft.head(&at(0, 0), Some(Value::I64(-5))));
    assert!(text(Format::Json, &chunk).contains(r#""message":"-5""#));
}

#[test]
fn a_field_without_a_name_is_still_a_pair() {
    let chunk = one(
        |route| route.fields[0].name = "".into(),
        |draft| {
            draft.head(&at(0, 0), None);
            draft.field(0, Value::U64(5));
        },
    );
    assert!(text(Format::Json, &chunk).contains(r#""fields":{"":5}"#));
    assert!(text(Format::Logfmt, &chunk).contains(" _=5 "));
}

#[test]
fn an_event_in_logfmt() {
    assert_eq!(
        text(Format::Logfmt, &event()),
        "time=2026-11-21T22:29:59.123456789Z level=info target=shop::db \
         name=\"event src/db.rs:41\" kind=event message=\"order \\\"7\\\" placed\" a=12.5 \
         b=\"a b\" request.method=GET spans=request:order rule=orders weight=20.0 seq=7 \
         thread=main#1 file=src/db.rs line=41 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 \
         span_id=00f067aa0ba902b7\n"
    );
}

#[test]
fn an_event_for_people() {
    assert_eq!(
        text(Format::Pretty { colour: false }, &event()),
        "2026-11-21T22:29:59.123456Z  INFO shop::db: order \"7\" placed a=12.5 b=\"a b\" \
         in request{method=GET}:order ×20.0\n"
    );
}

#[test]
fn a_span_for_people() {
    assert_eq!(
        text(Format::Pretty { colour: false }, &span()),
        "2026-11-21T22:29:59.123456Z  INFO shop::db: request closed after 1.23ms (busy 999ns) \
         a=true in request\n"
    );
}

#[test]
fn a_gap_for_people() {
    assert_eq!(
        gap_text(Format::Pretty { colour: false }),
        "2026-11-21T22:29:59.123456Z  WARN rheostat: 42 records did not reach sink lake: \
         41 queue_full, 1 ring_full\n"
    );
}

#[test]
fn colours_are_there_only_when_asked_for() {
    let coloured = text(Format::Pretty { colour: true }, &event());
    assert!(coloured.contains("\x1b[32m INFO\x1b[0m"), "{coloured:?}");
    assert!(!text(Format::Pretty { colour: false }, &event()).contains('\x1b'));
}

#[test]
fn a_value_cannot_steer_a_terminal_or_begin_a_line() {
    let hostile = "a\x1b[2J\nfake \u{9b}31m\u{202e}b\x7f";
    let chunk = one(
        |_| {},
        |draft| {
            draft.head(&at(0, 0), Some(Value::Formatted(hostile)));
            draft.field(0, Value::Text(hostile));
            draft.span(1, hostile);
            draft.span_field(NameId::of("x"), Value::Text(hostile));
        },
    );
    for format in [
        Format::Json,
        Format::Logfmt,
        Format::Pretty { colour: false },
    ] {
        let line = text(format, &chunk);
        let body = line.strip_suffix('\n').unwrap();
        let steers = |char: char| char.is_control() || char == '\u{202e}';
        assert!(!body.chars().any(steers), "{body:?}");
    }
}

/// The parts of a CBOR map with text keys, as JSON would show them.
fn as_json(cbor: &ciborium::Value) -> Json {
    use ciborium::Value as Cbor;
    match cbor {
        Cbor::Map(pairs) => Json::Object(
            pairs
                .iter()
                .map(|(key, value)| (key.as_text().unwrap().to_owned(), as_json(value)))
                .collect(),
        ),
        Cbor::Array(items) => items.iter().map(as_json).collect(),
        Cbor::Text(text) => text.as_str().into(),
        Cbor::Bool(value) => (*value).into(),
        Cbor::Float(number) if number.fract() == 0.0 => (*number as u64).into(),
        Cbor::Float(number) => (*number).into(),
        Cbor::Integer(number) => i64::try_from(*number).unwrap().into(),
        Cbor::Tag(0, inner) => as_json(inner),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn cbor_says_what_json_says() {
    for chunk in [event(), span()] {
        let cbor: ciborium::Value = ciborium::from_reader(&*bytes(Format::Cbor, &chunk)).unwrap();
        let json: Json = serde_json::from_slice(&bytes(Format::Json, &chunk)).unwrap();
        assert_eq!(as_json(&cbor), json);
    }
}

#[test]
fn cbor_keeps_large_integers_and_bytes_as_they_are() {
    let chunk = one(
        |_| {},
        |draft| {
            draft.head(&at(0, 0), None);
            draft.field(0, Value::I128(i128::MIN));
            draft.field(1, Value::Bytes(&[1, 2]));
        },
    );
    let cbor: ciborium::Value = ciborium::from_reader(&*bytes(Format::Cbor, &chunk)).unwrap();
    let fields = cbor
        .as_map()
        .and_then(|map| map.iter().find(|(key, _)| key.as_text() == Some("fields")))
        .and_then(|(_, fields)| fields.as_map())
        .unwrap();
    let number = fields[0].1.deserialized::<i128>().unwrap();
    assert_eq!(number, i128::MIN);
    assert_eq!(fields[1].1.as_bytes().unwrap(), &[1, 2]);
}

#[test]
fn compact_has_numbers_for_keys_and_is_smaller() {
    let chunk = event();
    let compact = bytes(Format::Compact, &chunk);
    let cbor: ciborium::Value = ciborium::from_reader(&*compact).unwrap();
    let keys: Vec<_> = cbor
        .as_map()
        .unwrap()
        .iter()
        .map(|(key, _)| u64::try_from(key.as_integer().unwrap()).unwrap())
        .collect();
    let named: Vec<_> = keys
        .iter()
        .map(|key| super::Key::ALL[*key as usize].as_str())
        .collect();
    assert_eq!(named[..5], ["time", "level", "target", "name", "kind"]);
    assert!(compact.len() * 3 < bytes(Format::Json, &chunk).len() * 2);
}

#[test]
fn the_numbers_of_keys_are_their_places_in_the_list() {
    for (place, key) in super::Key::ALL.into_iter().enumerate() {
        assert_eq!(key as usize, place);
    }
}
