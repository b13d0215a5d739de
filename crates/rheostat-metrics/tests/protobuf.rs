//! The protobuf page, read by a decoder written here from the wire format and the published field numbers.

use std::sync::Arc;

use proptest::prelude::*;
use rheostat_metrics::{Bounds, Format, Identity, ManualClock, Registry, Settings};

/// One message: its fields in order.
struct Message<'a>(Vec<(u64, Field<'a>)>);

#[derive(Clone, Copy)]
enum Field<'a> {
    Varint(u64),
    Fixed(u64),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().expect("the varint goes on");
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return value;
        }
    }
    panic!("the varint is too long")
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at_checked(length).expect("the message goes on");
    *bytes = rest;
    taken
}

impl<'a> Message<'a> {
    fn read(mut bytes: &'a [u8]) -> Self {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let field = match key & 7 {
                0 => Field::Varint(varint(&mut bytes)),
                1 => Field::Fixed(u64::from_le_bytes(
                    take(&mut bytes, 8).try_into().expect("eight bytes"),
                )),
                2 => {
                    let length = varint(&mut bytes) as usize;
                    Field::Bytes(take(&mut bytes, length))
                }
                other => panic!("wire type {other}"),
            };
            fields.push((key >> 3, field));
        }
        Self(fields)
    }

    fn all(&self, number: u64) -> impl Iterator<Item = Field<'a>> {
        let fields = self.0.iter().filter(move |(n, _)| *n == number);
        fields.map(|(_, field)| *field)
    }

    fn messages(&self, number: u64) -> Vec<Message<'a>> {
        let messages = self.all(number).map(|field| match field {
            Field::Bytes(bytes) => Message::read(bytes),
            _ => panic!("field {number} is no message"),
        });
        messages.collect()
    }

    fn message(&self, number: u64) -> Message<'a> {
        self.messages(number).pop().expect("the message is there")
    }

    fn text(&self, number: u64) -> &'a str {
        match self.all(number).next() {
            Some(Field::Bytes(bytes)) => std::str::from_utf8(bytes).expect("text"),
            _ => "",
        }
    }

    fn integer(&self, number: u64) -> u64 {
        match self.all(number).next() {
            Some(Field::Varint(value)) => value,
            _ => 0,
        }
    }

    fn double(&self, number: u64) -> f64 {
        match self.all(number).next() {
            Some(Field::Fixed(bits)) => f64::from_bits(bits),
            _ => 0.0,
        }
    }

    fn zigzags(&self, number: u64) -> Vec<i64> {
        let zigzag = |field| match field {
            Field::Varint(value) => (value >> 1) as i64 ^ -((value & 1) as i64),
            _ => panic!("field {number} is packed"),
        };
        self.all(number).map(zigzag).collect()
    }
}

fn families(mut page: &[u8]) -> Vec<Message<'_>> {
    let mut families = Vec::new();
    while !page.is_empty() {
        let length = varint(&mut page) as usize;
        families.push(Message::read(take(&mut page, length)));
    }
    families
}

/// Upper bounds and counts, from spans and differences.
fn buckets(histogram: &Message<'_>, spans: u64, deltas: u64) -> Vec<(f64, u64)> {
    let schema = histogram.zigzags(5)[0];
    let base = 2_f64.powf(2_f64.powi(-i32::try_from(schema).expect("small")));
    let mut deltas = histogram.zigzags(deltas).into_iter();
    let (mut index, mut count) = (0, 0);
    let mut found = Vec::new();
    for span in histogram.messages(spans) {
        index += span.zigzags(1)[0];
        for _ in 0..span.integer(2) {
            count += deltas.next().expect("a count for each bucket");
            found.push((
                base.powi(i32::try_from(index).expect("small")),
                count as u64,
            ));
            index += 1;
        }
    }
    assert_eq!(deltas.next(), None, "more counts than buckets");
    found
}

fn page_of(values: &[f64]) -> Vec<u8> {
    let registry = Registry::with(2, ManualClock::new());
    let histogram = Identity::histogram(
        "took_seconds",
        &["m"],
        Bounds::Exponential(Arc::new([0.5, 2.0])),
    );
    let histogram = registry.prepare(&histogram.in_unit("seconds"), &Settings::default());
    let hits = registry.prepare(&Identity::counter("hits_total", &[]), &Settings::default());
    registry.apply([&histogram, &hits].map(|metric| (metric.clone(), Settings::default())));
    let mut labels = registry.labels();
    hits.add_float(&labels, 2.5).expect("fine");
    labels.push("GET");
    for value in values {
        histogram.record(&labels, *value).expect("finite");
    }
    Format::Protobuf.render(&registry.snapshot())
}

#[test]
fn counters_and_histograms_have_the_published_field_numbers() {
    let page = page_of(&[0.25, 1.0, 100.0, -3.0, 0.0]);
    let families = families(&page);
    assert_eq!(families[0].text(1), "hits_total");
    assert_eq!(families[0].integer(3), 0);
    let counter = families[0].message(4).message(3);
    assert_eq!(counter.double(1), 2.5);
    assert_eq!(counter.message(3).integer(1), 1_700_000_000);

    assert_eq!(families[1].text(1), "took_seconds");
    assert_eq!(families[1].text(5), "seconds");
    assert_eq!(families[1].integer(3), 4);
    let metric = families[1].message(4);
    let label = metric.message(1);
    assert_eq!((label.text(1), label.text(2)), ("m", "GET"));
    let histogram = metric.message(7);
    assert_eq!(histogram.integer(1), 5);
    assert_eq!(histogram.double(2), 98.25);
    assert_eq!(histogram.integer(7), 1, "the zero bucket");
    let classic: Vec<_> = histogram
        .messages(3)
        .iter()
        .map(|bucket| (bucket.double(2), bucket.integer(1)))
        .collect();
    assert_eq!(classic, [(0.5, 3), (2.0, 4), (f64::INFINITY, 5)]);
    assert_eq!(buckets(&histogram, 12, 13).len(), 3);
    assert_eq!(buckets(&histogram, 9, 10).len(), 1);
}

proptest! {
    #[test]
    fn every_value_lies_in_the_native_bucket_that_counts_it(
        values in prop::collection::vec(prop_oneof![-1e9..1e9, 1e-9..1.0, Just(0.0)], 1..200),
    ) {
        let page = page_of(&values);
        let families = families(&page);
        let histogram = families[1].message(4).message(7);
        let base = 2_f64.powf(2_f64.powi(-i32::try_from(histogram.zigzags(5)[0]).expect("small")));
        let mut counted = histogram.integer(7);
        for (spans, deltas, sign) in [(12, 13, 1.0), (9, 10, -1.0)] {
            for (upper, count) in buckets(&histogram, spans, deltas) {
                // Bounds computed with powers are off by some units in the last place.
                let (low, high) = (upper / base * (1.0 - 1e-12), upper * (1.0 + 1e-12));
                let within = values.iter().filter(|value| {
                    let value = **value * sign;
                    value > low && value <= high
                });
                prop_assert_eq!(within.count() as u64, count, "up to {}", upper);
                counted += count;
            }
        }
        prop_assert_eq!(counted, values.len() as u64);
        prop_assert_eq!(histogram.integer(1), counted);
    }
}
