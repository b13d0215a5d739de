//! Reading the log from a place on, over whatever damage there is.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;

use super::frame::HEAD;
use super::segment::{START, Segment, next_head, read_at};

/// A place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Walk {
    /// The first number of its segment.
    segment: u64,
    /// Where in it.
    at: u64,
    /// The number of the record that should come next.
    expected: u64,
}

/// What a step found.
#[derive(Debug)]
pub(super) enum Step {
    /// A frame that is whole.
    Frame { first: u64, payload: Payload },
    /// Records of these numbers should be here and are not.
    Missing(Range<u64>),
    /// So many are here and cannot be read.
    Damaged(u64),
    /// Nothing was found wrong, and nothing to read.
    On,
    /// Nothing more.
    End,
}

/// What a frame holds.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) bytes: Vec<u8>,
    pub(super) count: u64,
}

impl Walk {
    pub(super) fn at(segment: u64, at: u64, expected: u64) -> Self {
        Self {
            segment,
            at: at.max(START),
            expected,
        }
    }

    /// The number of the record that comes next.
    pub(super) fn expected(&self) -> u64 {
        self.expected
    }

    /// Whether it is in this segment.
    pub(super) fn is_in(&self, segment: u64) -> bool {
        self.segment == segment
    }

    /// Whether nothing follows, and nothing is left to read.
    pub(super) fn is_at_end(&self, segments: &VecDeque<Segment>) -> bool {
        let mut ahead = *self;
        matches!(ahead.step(segments), Step::End)
    }

    /// The queue that numbered the records of its segment.
    pub(super) fn origin(&self, segments: &VecDeque<Segment>) -> u64 {
        self.find(segments)
            .and_then(|index| segments.get(index))
            .map_or(0, |segment| segment.origin)
    }

    fn find(&self, segments: &VecDeque<Segment>) -> Option<usize> {
        segments
            .iter()
            .position(|segment| segment.first == self.segment)
    }

    /// Goes on by one frame, or over one piece of damage.
    pub(super) fn step(&mut self, segments: &VecDeque<Segment>) -> Step {
        let Some(index) = self.find(segments) else {
            return self.enter(segments.iter().find(|segment| segment.first > self.segment));
        };
        let segment = &segments[index];
        let head = File::open(&segment.path)
            .ok()
            .and_then(|file| Some((next_head(&file, self.at, segment.bytes)?, file)));
        let Some(((start, head), file)) = head else {
            return self.enter(segments.get(index + 1));
        };
        let after = head.first + u64::from(head.count);
        if head.first > self.expected {
            let missing = self.expected..head.first;
            (self.at, self.expected) = (start, head.first);
            return Step::Missing(missing);
        }
        let skipped = after <= self.expected;
        let wanted = after - self.expected.min(after);
        self.at = start + HEAD as u64 + u64::from(head.len);
        if skipped {
            return Step::On;
        }
        self.expected = after;
        if head.dropped {
            return Step::On;
        }
        let mut bytes = vec![0; head.len as usize];
        let read = read_at(&file, start + HEAD as u64, &mut bytes);
        if read.is_err() || !head.fits(&bytes) {
            return Step::Damaged(wanted);
        }
        Step::Frame {
            first: head.first,
            payload: Payload {
                bytes,
                count: wanted,
            },
        }
    }

    fn enter(&mut self, next: Option<&Segment>) -> Step {
        let Some(next) = next else {
            return Step::End;
        };
        (self.segment, self.at) = (next.first, START);
        Step::On
    }
}
