//! A batch as bytes, and where each record ends in them.

use rheostat_core::sink::Batch;
use rheostat_queue::format::Format;

use crate::journald::Journal;
use crate::syslog::Syslog;

/// How a record becomes bytes.
#[derive(Clone, Debug)]
pub(crate) enum Encoding {
    Format(Format),
    Syslog(Syslog),
    Journal(Journal),
}

/// The bytes of one batch.
#[derive(Debug)]
pub(crate) struct Frames {
    encoding: Encoding,
    bytes: Vec<u8>,
    /// Where the records end. What tells of a gap belongs to the first one.
    ends: Vec<usize>,
    /// Where the gap ends.
    gap: usize,
}

impl Frames {
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            bytes: Vec::new(),
            ends: Vec::new(),
            gap: 0,
        }
    }

    /// Writes a batch out, in place of the one before.
    pub(crate) fn encode(&mut self, batch: &Batch) {
        self.bytes.clear();
        self.ends.clear();
        if let Some(gap) = batch.gap() {
            match &self.encoding {
                Encoding::Format(format) => format.gap(gap, &mut self.bytes),
                Encoding::Syslog(syslog) => syslog.gap(gap, &mut self.bytes),
                Encoding::Journal(journal) => journal.gap(gap, &mut self.bytes),
            }
        }
        self.gap = self.bytes.len();
        for record in batch.records() {
            match &self.encoding {
                Encoding::Format(format) => format.record(&record, &mut self.bytes),
                Encoding::Syslog(syslog) => syslog.record(&record, &mut self.bytes),
                Encoding::Journal(journal) => journal.record(&record, &mut self.bytes),
            }
            self.ends.push(self.bytes.len());
        }
    }

    /// Whether a record ends with a line feed and holds no other.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.encoding, Encoding::Format(format) if format.is_text())
    }

    /// Whether a record is a line of JSON.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.encoding, Encoding::Format(Format::Json))
    }

    /// Whether its length stands before each record: who is promised more bytes than come
    /// takes those of the next record for them.
    fn is_counted(&self) -> bool {
        matches!(&self.encoding, Encoding::Syslog(syslog) if syslog.is_counted())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn begin_with_line_feed(&mut self) {
        self.bytes.insert(0, b'\n');
        self.ends.iter_mut().for_each(|end| *end += 1);
        self.gap += 1;
    }

    /// How many records are complete in the first bytes.
    pub(crate) fn complete(&self, bytes: usize) -> usize {
        self.ends.partition_point(|end| *end <= bytes)
    }

    /// Where the last record that is complete in the first bytes ends.
    pub(crate) fn boundary(&self, bytes: usize) -> usize {
        match self.complete(bytes) {
            0 => 0,
            records => self.ends[records - 1],
        }
    }

    /// The longest run of whole records from a boundary that is at most so long; the next one at least.
    pub(crate) fn run(&self, from: usize, room: u64) -> usize {
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let fits = self.boundary(from.saturating_add(room));
        if fits > from {
            return fits;
        }
        let next = self.ends.iter().find(|end| **end > from);
        next.copied().unwrap_or(self.bytes.len())
    }

    /// Each record's own bytes, without a line feed: one datagram each. The gap comes first, if there is one.
    pub(crate) fn datagrams(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(self.gap).chain(self.ends.iter().copied());
        let gap = (self.gap > 0).then_some((0, self.gap));
        let text = self.is_text();
        gap.into_iter()
            .chain(starts.zip(self.ends.iter().copied()))
            .map(move |(start, end)| &self.bytes[start..end - usize::from(text)])
    }

    /// Whether a gap is the first of the datagrams.
    pub(crate) fn has_gap(&self) -> bool {
        self.gap > 0
    }
}

/// What a stream has of a record that was begun and not finished.
///
/// The queue hands that record over again. Its bytes are the same then, and
/// what is written already is left out; if another record comes instead, the
/// broken line is ended first.
#[derive(Debug, Default)]
pub(crate) struct Begun(Vec<u8>);

impl Begun {
    /// How much of a batch is written already. Where another record stands now
    /// than the one that was begun, a line feed goes before it.
    pub(crate) fn resume(&mut self, frames: &mut Frames) -> usize {
        if frames.bytes().starts_with(&self.0) {
            return self.0.len();
        }
        // No record begins with a line feed, so that one was put there here.
        let ended = self.0.strip_prefix(b"\n");
        let goes_on = ended.is_some_and(|begun| frames.bytes().starts_with(begun));
        if !goes_on {
            self.0.clear();
        }
        if frames.is_text() {
            frames.begin_with_line_feed();
        }
        self.0.len()
    }

    /// Remembers how far a batch was written.
    pub(crate) fn stopped(&mut self, frames: &Frames, written: usize) {
        self.0.clear();
        let boundary = frames.boundary(written);
        self.0.extend_from_slice(&frames.bytes()[boundary..written]);
    }

    /// Whether the stream can not go on with these, because it was promised the rest of another record.
    pub(crate) fn is_in_the_way_of(&self, frames: &Frames) -> bool {
        frames.is_counted() && !frames.bytes().starts_with(&self.0)
    }

    /// Forgets it: the stream is gone.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of two lines, as `encode` would have made them.
    fn frames(first: &str, second: &str) -> Frames {
        let bytes = format!("{first}\n{second}\n").into_bytes();
        Frames {
            ends: vec![first.len() + 1, bytes.len()],
            bytes,
            encoding: Encoding::Format(Format::Json),
            gap: 0,
        }
    }

    #[test]
    fn a_record_that_was_begun_goes_on_where_it_stopped() {
        let mut begun = Begun::default();
        begun.stopped(&frames("first", "second"), 9);
        let mut again = frames("second", "third");
        assert_eq!(begun.resume(&mut again), 3);
        assert_eq!(&again.bytes()[3..7], b"ond\n");
    }

    #[test]
    fn another_record_begins_on_a_line_of_its_own() {
        let mut begun = Begun::default();
        begun.stopped(&frames("first", "second"), 9);
        let mut other = frames("third", "fourth");
        assert_eq!(begun.resume(&mut other), 0);
        assert!(other.bytes().starts_with(b"\nthird\n"));
        assert_eq!(other.complete(7), 1);
    }

    #[test]
    fn a_line_is_ended_once_however_often_the_next_record_is_tried() {
        let mut begun = Begun::default();
        begun.stopped(&frames("first", "second"), 9);
        let mut other = frames("third", "fourth");
        begun.resume(&mut other);
        begun.stopped(&other, 3);
        let mut again = frames("third", "fourth");
        assert_eq!(begun.resume(&mut again), 3);
        assert_eq!(&again.bytes()[3..7], b"ird\n");
    }

    #[test]
    fn a_run_holds_whole_records_and_one_at_least() {
        let frames = frames("first", "second");
        assert_eq!(frames.run(0, 8), 6);
        assert_eq!(frames.run(0, 0), 6);
        assert_eq!(frames.run(6, 100), 13);
    }
}
