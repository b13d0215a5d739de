use std::sync::Arc;

use rheostat_core::ledger::Cause;
use rheostat_core::sink::Gap;

use super::Syslog;
use super::origin::{facility, origin};

fn syslog(most: usize, counted: bool) -> Syslog {
    Syslog {
        facility: facility("local0").unwrap(),
        origin: Arc::from(&b"host shop 7"[..]),
        enterprise: 32_473,
        most,
        counted,
    }
}

fn gap(sink: &str) -> Gap {
    Gap {
        sink: sink.into(),
        lost: vec![(Cause::QueueFull, 3), (Cause::Closed, 1)],
        from: 1_500_000_000_000_000_001,
        to: 1_500_000_001_000_000_002,
    }
}

fn written(syslog: &Syslog, gap: &Gap) -> String {
    let mut out = Vec::new();
    syslog.gap(gap, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_gap_says_how_many_went_missing_and_why() {
    assert_eq!(
        written(&syslog(2048, false), &gap("s")),
        "<132>1 2017-07-14T02:40:01.000000Z host shop 7 gap \
         [lost@32473 queue_full=\"3\" closed=\"1\"]\
         [rheostat@32473 sink=\"s\" from=\"2017-07-14T02:40:00.000000001Z\" \
         to=\"2017-07-14T02:40:01.000000002Z\"] 4 records went missing before this"
    );
}

#[test]
fn what_ends_a_value_is_escaped() {
    let text = written(&syslog(2048, false), &gap("a\"b]c\\d\u{1b}[1m"));
    assert!(text.contains(r#"sink="a\"b\]c\\d\\u{1b}[1m""#), "{text}");
}

#[test]
fn a_message_in_a_stream_has_its_length_before_it() {
    let text = written(&syslog(2048, true), &gap("s"));
    let (length, message) = text.split_once(' ').unwrap();
    assert_eq!(length.parse(), Ok(message.len()));
}

#[test]
fn a_message_is_no_longer_than_it_may_be_and_says_what_is_missing() {
    let whole = written(&syslog(2048, false), &gap("s")).len();
    for most in 240..whole {
        let text = written(&syslog(most, false), &gap("s"));
        assert!(text.len() <= most, "{most}: {text}");
        assert!(
            text.contains(" cut=\"") || text.contains(" omitted=\""),
            "{most}: {text}"
        );
    }
}

#[test]
fn names_of_a_header_are_words() {
    let all = origin(Some("a host"), Some(&"x".repeat(60)));
    let all = String::from_utf8(all).unwrap();
    let words: Vec<&str> = all.split(' ').collect();
    let [host, program, process] = words[..] else {
        panic!("{words:?}")
    };
    assert!(host.starts_with("a_host-"));
    assert_eq!(program.len(), 48);
    assert_eq!(process, std::process::id().to_string());
}
