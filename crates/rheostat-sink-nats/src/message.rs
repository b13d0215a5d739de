//! What is published: messages, each with its subject, its id and the records it holds.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use bytes::Bytes;
use rheostat_core::flow::RecordView;
use rheostat_core::sink::{Batch, Gap, Report};
use rheostat_policy::model::Sink;
use rheostat_queue::format::{Format, LineProtocol};

use crate::metrics;
use crate::subject::Subject;

/// Room in a message for its headers.
const HEADERS: usize = 1024;

/// A message.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) subject: String,
    /// The same at each attempt to send the same: `Nats-Msg-Id`.
    pub(crate) id: String,
    pub(crate) payload: Bytes,
    /// The positions of its records or points; empty for a gap.
    pub(crate) records: Range<usize>,
}

/// Makes messages.
#[derive(Debug)]
pub(crate) struct Encoder {
    subject: Subject,
    metrics_subject: String,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// A record a message.
    One(Format),
    /// As many lines a message as have one subject and fit.
    Lines(LineProtocol),
}

impl Encoder {
    /// Reads `format`, and what belongs to it.
    pub(crate) fn read(sink: &Sink, subject: Subject) -> Self {
        let body = match sink.format {
            Some("line_protocol") => Body::Lines(LineProtocol::read(&sink.args)),
            // The definition has no other names.
            other => Body::One(other.and_then(Format::named).unwrap_or(Format::Json)),
        };
        let metrics_subject = sink.args.text("metrics_subject");
        Self {
            subject,
            metrics_subject: metrics_subject.map_or("metrics", |text| text).to_owned(),
            body,
        }
    }

    /// Whether the payload of a message is the JSON of a record.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.body, Body::One(Format::Json))
    }

    /// The messages of a batch, where a message may be so long.
    pub(crate) fn batch(&self, batch: &Batch, most: usize) -> Vec<Outgoing> {
        let mut all = Vec::with_capacity(batch.len() + 1);
        if let Some(gap) = batch.gap() {
            let first = batch.records().next();
            let subject = first.as_ref().map(|record| self.subject.of(record));
            all.push(self.gap(gap, subject.unwrap_or_else(|| self.subject.of_nothing())));
        }
        match &self.body {
            Body::One(format) => {
                let records = batch.records().enumerate();
                all.extend(records.map(|(at, record)| self.one(*format, at, &record)));
            }
            Body::Lines(lines) => self.lines(lines, batch, most, &mut all),
        }
        all
    }

    fn one(&self, format: Format, at: usize, record: &RecordView<'_>) -> Outgoing {
        let mut payload = Vec::with_capacity(256);
        format.record(record, &mut payload);
        Outgoing {
            subject: self.subject.of(record),
            id: record.id().to_string(),
            payload: without_line_feed(format, payload),
            records: at..at + 1,
        }
    }

    fn lines(&self, lines: &LineProtocol, batch: &Batch, most: usize, all: &mut Vec<Outgoing>) {
        let mut groups = Groups::new(most, all);
        let mut line = Vec::new();
        for (at, record) in batch.records().enumerate() {
            line.clear();
            lines.record(&record, &mut line);
            let id = record.id().to_string();
            groups.add(self.subject.of(&record), &id, at, &line);
        }
        groups.finish();
    }

    fn gap(&self, gap: &Gap, subject: String) -> Outgoing {
        let mut payload = Vec::new();
        let payload = match &self.body {
            Body::One(format) => {
                format.gap(gap, &mut payload);
                without_line_feed(*format, payload)
            }
            Body::Lines(_) => {
                LineProtocol::gap(gap, &mut payload);
                payload.into()
            }
        };
        Outgoing {
            subject,
            id: format!("gap-{}-{}-{}", gap.sink, gap.from, gap.to),
            payload,
            records: 0..0,
        }
    }

    /// The messages of a report.
    pub(crate) fn report(&self, report: &Report, most: usize) -> Vec<Outgoing> {
        let mut all = Vec::new();
        if let Body::One(_) = self.body {
            for (at, (family, point)) in report.points().enumerate() {
                let payload = metrics::json(report, family, point);
                all.push(Outgoing {
                    subject: self.metrics_subject.clone(),
                    // Not its position: that changes once others are settled.
                    id: format!("{}+{:016x}", report.token, digest(&payload)),
                    payload: payload.into(),
                    records: at..at + 1,
                });
            }
            return all;
        }
        let mut groups = Groups::new(most, &mut all);
        let mut line = Vec::new();
        for (at, (family, point)) in report.points().enumerate() {
            line.clear();
            LineProtocol::point(report, family, point, &mut line);
            let id = format!("{}+{:016x}", report.token, digest(&line));
            groups.add(self.metrics_subject.clone(), &id, at, &line);
        }
        groups.finish();
        all
    }
}

fn digest(bytes: &[u8]) -> u64 {
    // Its keys are fixed, so that the same bytes give the same at each attempt.
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn without_line_feed(format: Format, mut payload: Vec<u8>) -> Bytes {
    if format.is_text() {
        payload.pop();
    }
    payload.into()
}

/// Lines on their way into messages.
struct Groups<'a> {
    most: usize,
    all: &'a mut Vec<Outgoing>,
    subject: String,
    /// The ids of the first and of the last line.
    ids: (String, String),
    payload: Vec<u8>,
    records: Range<usize>,
}

impl<'a> Groups<'a> {
    fn new(most: usize, all: &'a mut Vec<Outgoing>) -> Self {
        Self {
            most: most.saturating_sub(HEADERS),
            all,
            subject: String::new(),
            ids: Default::default(),
            payload: Vec::new(),
            records: 0..0,
        }
    }

    fn add(&mut self, subject: String, id: &str, at: usize, line: &[u8]) {
        let fits = self.payload.len() + line.len() <= self.most;
        if subject != self.subject || !fits {
            self.finish();
        }
        if self.records.is_empty() {
            self.subject = subject;
            self.ids.0 = id.to_owned();
            self.records.start = at;
        }
        self.ids.1 = id.to_owned();
        self.records.end = at + 1;
        self.payload.extend_from_slice(line);
    }

    fn finish(&mut self) {
        let records = std::mem::take(&mut self.records);
        if records.is_empty() {
            return;
        }
        let payload = std::mem::take(&mut self.payload);
        // A point that the protocol cannot write is no line.
        if payload.is_empty() {
            return;
        }
        let (first, last) = std::mem::take(&mut self.ids);
        self.all.push(Outgoing {
            subject: self.subject.clone(),
            id: format!("{first}+{last}+{}", records.len()),
            payload: payload.into(),
            records,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(most: usize, lines: &[(&str, &str)]) -> Vec<(String, String, Range<usize>)> {
        let mut all = Vec::new();
        let mut groups = Groups::new(most + HEADERS, &mut all);
        for (at, (subject, line)) in lines.iter().enumerate() {
            groups.add(
                (*subject).to_owned(),
                &format!("o-{at}"),
                at,
                line.as_bytes(),
            );
        }
        groups.finish();
        all.into_iter()
            .map(|one| (one.subject, one.id, one.records))
            .collect()
    }

    #[test]
    fn lines_of_one_subject_share_a_message_in_their_order() {
        let made = groups(
            100,
            &[("a", "x\n"), ("a", "y\n"), ("b", "z\n"), ("a", "w\n")],
        );
        let expected = [
            ("a".to_owned(), "o-0+o-1+2".to_owned(), 0..2),
            ("b".to_owned(), "o-2+o-2+1".to_owned(), 2..3),
            ("a".to_owned(), "o-3+o-3+1".to_owned(), 3..4),
        ];
        assert_eq!(made, expected);
    }

    #[test]
    fn a_message_holds_no_more_than_fits_but_for_a_line_that_is_too_long_itself() {
        let made = groups(
            5,
            &[
                ("a", "12\n"),
                ("a", "34\n"),
                ("a", "1234567\n"),
                ("a", "5\n"),
            ],
        );
        let records: Vec<_> = made.into_iter().map(|(.., records)| records).collect();
        assert_eq!(records, [0..1, 1..2, 2..3, 3..4]);
    }
}
