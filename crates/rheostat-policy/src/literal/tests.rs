//! Tables of texts and what they read as.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::time::Duration;

use super::*;

const SECOND: u64 = 1_000_000_000;

#[test]
fn durations_are_read() {
    for (text, nanos) in [
        ("1ns", 1),
        ("150us", 150_000),
        ("12µs", 12_000),
        ("12μs", 12_000),
        ("5ms", 5_000_000),
        ("1.5s", 1_500_000_000),
        ("0s", 0),
        ("2m", 120 * SECOND),
        ("1h30m", 5_400 * SECOND),
        ("1d", 86_400 * SECOND),
        ("2w", 1_209_600 * SECOND),
        ("1w2d3h4m5s6ms7us8ns", 788_645 * SECOND + 6_007_008),
        ("0.000000001s", 1),
        ("1.50s", 1_500_000_000),
        ("10_000ms", 10 * SECOND),
        ("1m0.5s", 60 * SECOND + 500_000_000),
        ("9223372036854775807ns", i64::MAX.unsigned_abs()),
    ] {
        assert_eq!(duration_nanos(text), Ok(nanos), "{text}");
        assert_eq!(duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
    }
}

#[test]
fn sizes_are_read() {
    for (text, bytes) in [
        ("0B", 0),
        ("512B", 512),
        ("1kB", 1_000),
        ("10MB", 10_000_000),
        ("1GB", 1_000_000_000),
        ("64KiB", 65_536),
        ("1MiB", 1 << 20),
        ("4GiB", 4 << 30),
        ("1.5KiB", 1_536),
        ("0.5kB", 500),
        ("1_000B", 1_000),
        ("18446744073709551615B", u64::MAX),
    ] {
        assert_eq!(size(text), Ok(bytes), "{text}");
    }
}

#[test]
fn rates_and_ratios_are_read() {
    for (text, per_second) in [
        ("1000/s", 1_000.0),
        ("30/m", 0.5),
        ("3600/h", 1.0),
        ("0.5/s", 0.5),
        ("1_000/s", 1_000.0),
    ] {
        let rate = rate(text).map(Rate::per_second);
        assert_eq!(rate, Ok(per_second), "{text}");
    }
    for (text, share) in [
        ("0", 0.0),
        ("1", 1.0),
        ("0.05", 0.05),
        ("1/20", 0.05),
        ("1/1", 1.0),
        ("1e-3", 0.001),
    ] {
        assert_eq!(ratio(text), Ok(share), "{text}");
    }
}

#[test]
fn numbers_are_read() {
    for (text, expected) in [
        ("0", Number::Integer(0)),
        ("10_000", Number::Integer(10_000)),
        ("0.5", Number::Float(0.5)),
        ("1e6", Number::Float(1e6)),
        ("1E-2", Number::Float(0.01)),
    ] {
        assert_eq!(number(text), Ok(expected), "{text}");
    }
}

/// What is wrong with a text, and what was probably meant.
fn check_wrong(kind: LiteralKind, rows: &[(&str, &str, Option<&str>)]) {
    for (text, reason, fix) in rows {
        let error = match kind {
            LiteralKind::Number => number(text).err(),
            LiteralKind::Duration => duration(text).err(),
            LiteralKind::Size => size(text).err(),
            LiteralKind::Rate => rate(text).err(),
            LiteralKind::Ratio => ratio(text).err(),
        };
        let Some(error) = error else {
            panic!("`{text}` was accepted as {}", kind.with_article());
        };
        assert_eq!(error.kind(), kind);
        assert!(
            error.reason().contains(reason),
            "`{text}`: {}",
            error.reason()
        );
        assert_eq!(error.fix(), *fix, "`{text}`");
        let problem = error.problem(0..text.len());
        assert!(problem.code.starts_with("RH2"), "{}", problem.code);
        assert!(
            problem
                .helps
                .iter()
                .any(|help| help.text == kind.accepted())
        );
        let shown = error.to_string();
        assert!(
            shown.contains(kind.with_article()) && !shown.ends_with('.'),
            "{shown}"
        );
    }
}

#[test]
fn wrong_durations_are_explained() {
    check_wrong(
        LiteralKind::Duration,
        &[
            ("", "nothing", None),
            ("5", "unit is missing", Some("5s")),
            ("ms", "a number must stand", None),
            ("-5ms", "not negative", None),
            ("5 ms", "no space", Some("5ms")),
            ("1h 30m", "no space", Some("1h30m")),
            ("5sec", "not a unit of time", Some("5s")),
            ("5 minutes", "no space", Some("5m")),
            ("5MS", "not a unit of time", Some("5ms")),
            ("2hours30mins", "not a unit of time", Some("2h30m")),
            ("5parsecs", "not a unit of time", None),
            ("30m1h", "must not follow", None),
            ("1s1s", "must not follow", None),
            ("0.5ns", "finer than a nanosecond", None),
            ("300000d", "longer than 292 years", None),
            (
                "99999999999999999999999999999999999999999s",
                "longer than 292 years",
                None,
            ),
            ("5.s", "digit must follow the point", None),
            ("1_ms", "underscore", Some("1ms")),
            ("5ms,", "a number must stand", None),
            ("5kB", "not a unit of time", None),
        ],
    );
}

#[test]
fn wrong_sizes_are_explained() {
    check_wrong(
        LiteralKind::Size,
        &[
            ("", "nothing", None),
            ("5", "unit is missing", Some("5B")),
            ("KiB", "starts with a number", None),
            ("-5B", "not negative", None),
            ("5 KiB", "no space", Some("5KiB")),
            ("5KB", "not a unit of size", Some("5kB")),
            ("5mb", "not a unit of size", Some("5MB")),
            ("5kib", "not a unit of size", Some("5KiB")),
            ("5M", "not a unit of size", Some("5MiB")),
            ("5bytes", "not a unit of size", Some("5B")),
            ("5ms", "not a unit of size", None),
            ("0.5B", "whole number of bytes", None),
            ("99999999999GiB", "more bytes than", None),
            ("5.KiB", "digit must follow", None),
        ],
    );
}

#[test]
fn wrong_rates_are_explained() {
    check_wrong(
        LiteralKind::Rate,
        &[
            ("", "nothing", None),
            ("1000", "is missing", Some("1000/s")),
            ("5 per minute", "is missing", Some("5/m")),
            ("5/sec", "not one of", Some("5/s")),
            ("5/day", "not one of", None),
            ("5/", "not one of", None),
            ("/s", "a number without sign", None),
            ("-5/s", "a number without sign", None),
            ("5 /s", "a number without sign", Some("5/s")),
            ("a/s", "a number without sign", None),
            ("0/s", "lets nothing pass", None),
        ],
    );
}

#[test]
fn wrong_ratios_are_explained() {
    check_wrong(
        LiteralKind::Ratio,
        &[
            ("", "neither a number nor a fraction", None),
            ("5%", "percent", Some("0.05")),
            ("1:20", "divided by `/`", Some("1/20")),
            ("1 / 20", "no space", Some("1/20")),
            ("1.5", "more than 1", None),
            ("3/2", "more than 1", None),
            ("1/0", "divided by 0", None),
            ("-0.5", "neither a number nor a fraction", None),
            ("a/b", "two numbers", None),
            ("half", "neither a number nor a fraction", None),
        ],
    );
}

#[test]
fn wrong_numbers_are_explained() {
    check_wrong(
        LiteralKind::Number,
        &[
            ("", "starts with a digit", None),
            ("0x1F", "decimal", Some("31")),
            ("0b101", "decimal", Some("5")),
            ("0xZZ", "decimal", None),
            (".5", "before the point", Some("0.5")),
            ("5.", "follow the point", Some("5")),
            ("1__0", "underscore", Some("10")),
            ("-5", "starts with a digit", None),
            ("5x", "other than a digit", None),
            ("1e999", "larger than", None),
            (
                "999999999999999999999999999999999999999999",
                "larger than 128 bits",
                None,
            ),
        ],
    );
}

#[test]
fn what_is_written_reads_back() {
    for (nanos, text) in [
        (0, "0s"),
        (1, "1ns"),
        (150_000, "150us"),
        (1_500_000, "1.5ms"),
        (1_500_000_000, "1.5s"),
        (1_000_000_001, "1s1ns"),
        (90 * 1_000_000_000, "1m30s"),
        (5_400 * 1_000_000_000, "1h30m"),
        (86_400 * 1_000_000_000, "1d"),
        (-5_000_000, "-5ms"),
    ] {
        assert_eq!(format_nanos(nanos), text);
        if nanos >= 0 {
            assert_eq!(duration_nanos(text).map(i128::from), Ok(nanos));
        }
    }
    assert_eq!(format_duration(Duration::from_micros(150)), "150us");
    for (bytes, text) in [
        (0, "0B"),
        (512, "512B"),
        (1_000, "1kB"),
        (65_536, "64KiB"),
        (10_000_000, "10MB"),
        (1 << 30, "1GiB"),
        (1_536, "1536B"),
    ] {
        assert_eq!(format_size(bytes), text);
        assert_eq!(size(text), Ok(bytes));
    }
    for text in ["1000/s", "5/m", "0.5/h"] {
        assert_eq!(rate(text).map(|rate| rate.to_string()).as_deref(), Ok(text));
    }
    for share in [0.0, 0.05, 1.0, 1.0 / 3.0, 1e-9] {
        assert_eq!(ratio(&format_ratio(share)), Ok(share));
    }
}

#[test]
fn numbers_in_texts_are_read_wholly_or_leading() {
    use Number::{Float, Integer};
    for (text, wholly, leading) in [
        ("200", Some(Integer(200)), Some(Integer(200))),
        ("-12", Some(Integer(-12)), Some(Integer(-12))),
        ("+3", Some(Integer(3)), Some(Integer(3))),
        ("0.5", Some(Float(0.5)), Some(Float(0.5))),
        ("1e3", Some(Float(1000.0)), Some(Float(1000.0))),
        ("1E-3", Some(Float(0.001)), Some(Float(0.001))),
        ("200 OK", None, Some(Integer(200))),
        ("  7", None, Some(Integer(7))),
        ("12.5ms", None, Some(Float(12.5))),
        ("1.2.3", None, Some(Float(1.2))),
        ("5.", None, Some(Integer(5))),
        ("5e", None, Some(Integer(5))),
        ("5e+", None, Some(Integer(5))),
        ("1_000", None, Some(Integer(1))),
        ("0x10", None, Some(Integer(0))),
        (".5", None, None),
        ("", None, None),
        ("-", None, None),
        ("abc", None, None),
        ("inf", None, None),
        ("NaN", None, None),
        ("1e999", None, None),
        (
            "170141183460469231731687303715884105728",
            Some(Float(170_141_183_460_469_231_731_687_303_715_884_105_728.0)),
            Some(Float(170_141_183_460_469_231_731_687_303_715_884_105_728.0)),
        ),
    ] {
        assert_eq!(read_number(text), wholly, "{text}");
        assert_eq!(leading_number(text), leading, "{text}");
    }
}

#[test]
fn durations_in_texts_are_read_as_programs_print_them() {
    for (text, nanos) in [
        ("1.5ms", Some(1_500_000)),
        ("5 ms", Some(5_000_000)),
        ("12 μs", Some(12_000)),
        ("12µs", Some(12_000)),
        ("100ns", Some(100)),
        ("1.000000001s", Some(1_000_000_001)),
        ("5400s", Some(5_400_000_000_000)),
        ("1h 30m", Some(5_400_000_000_000)),
        ("1h30m", Some(5_400_000_000_000)),
        ("-3s", Some(-3_000_000_000)),
        ("0.0001ns", Some(0)),
        ("1.23456789012345s", Some(1_234_567_890)),
        ("5", None),
        ("ms", None),
        ("5 ms later", None),
        ("5ms ", None),
        (" 5ms", None),
        ("5 minutes", None),
        ("", None),
        ("-", None),
        ("1m1h", None),
    ] {
        assert_eq!(read_duration_text(text), nanos, "{text}");
    }
    for nanos in [
        0,
        1,
        999,
        1_500,
        123_456_789,
        60_000_000_000,
        u64::from(u32::MAX) * 7,
    ] {
        let duration = Duration::from_nanos(nanos);
        let printed = format!("{duration:?}");
        assert_eq!(
            read_duration_text(&printed),
            Some(i128::from(nanos)),
            "{printed}"
        );
    }
}

#[test]
fn sizes_in_texts_are_read_as_programs_print_them() {
    for (text, bytes) in [
        ("12.5 MB", Some(12_500_000)),
        ("12.5MiB", Some(13_107_200)),
        ("5 B", Some(5)),
        ("3 bytes", Some(3)),
        ("1 byte", Some(1)),
        ("2 KB", Some(2_000)),
        ("2 kB", Some(2_000)),
        ("0.1 KiB", Some(102)),
        ("1024", None),
        ("12 MBps", None),
        ("MB", None),
        ("-1 B", None),
        ("99999999999999 GB", None),
    ] {
        assert_eq!(read_size_text(text), bytes, "{text}");
    }
}

#[test]
fn numbers_compare_exactly_across_their_forms() {
    use Number::{Float, Integer};
    let two_53 = 1_i128 << 53;
    for (left, right, expected) in [
        (Integer(1), Float(1.0), Some(Ordering::Equal)),
        (Integer(1), Float(1.5), Some(Ordering::Less)),
        (Integer(-1), Float(-1.5), Some(Ordering::Greater)),
        (
            Integer(two_53 + 1),
            Float(9_007_199_254_740_992.0),
            Some(Ordering::Greater),
        ),
        (Integer(i128::MAX), Float(f64::MAX), Some(Ordering::Less)),
        (
            Integer(i128::MAX),
            Float(170_141_183_460_469_231_731_687_303_715_884_105_728.0),
            Some(Ordering::Less),
        ),
        (
            Integer(i128::MIN),
            Float(-170_141_183_460_469_231_731_687_303_715_884_105_728.0),
            Some(Ordering::Equal),
        ),
        (Integer(i128::MIN), Float(f64::MIN), Some(Ordering::Greater)),
        (Integer(0), Float(-0.0), Some(Ordering::Equal)),
        (Integer(0), Float(f64::NAN), None),
        (Integer(0), Float(f64::INFINITY), Some(Ordering::Less)),
        (Float(1.0), Float(2.0), Some(Ordering::Less)),
    ] {
        assert_eq!(left.compare(right), expected);
        assert_eq!(right.compare(left), expected.map(Ordering::reverse));
    }
}

#[test]
fn quotes_and_escapes_of_debug_are_undone() {
    for plain in [
        "",
        "plain",
        "it's",
        "a \"b\" c",
        "tab\there",
        "line\nbreak",
        "\u{0}\u{7f}",
        "naïve 😀",
        "back\\slash",
        "\u{200b}",
    ] {
        let printed = format!("{plain:?}");
        assert_eq!(unquote(&printed), plain, "{printed}");
    }
    for unchanged in [
        "plain",
        "\"",
        "\"open",
        "close\"",
        "\"a\" and \"b\"",
        "\"bad \\q\"",
        "\"\\u{zz}\"",
        "\"trailing\\\"",
        "'a'",
        "",
    ] {
        assert_eq!(unquote(unchanged), unchanged);
    }
    assert!(matches!(unquote("\"plain\""), Cow::Borrowed("plain")));
}

#[test]
fn options_of_debug_are_unwrapped() {
    for (text, inner) in [
        ("Some(4)", Some("4")),
        ("Some(\"a\")", Some("\"a\"")),
        ("Some(Some(4))", Some("Some(4)")),
        ("None", None),
        ("Some(4", Some("Some(4")),
        ("plain", Some("plain")),
        ("Nonesuch", Some("Nonesuch")),
    ] {
        assert_eq!(unwrap_option(text), inner, "{text}");
    }
}
