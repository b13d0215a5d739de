//! Matching: a text against a glob, without allocation and without going back far.
//!
//! Segments and the pieces within one are matched the same way: greedily, going
//! back only to the last star. What stood before it need never be tried again,
//! so the time is bounded by the length of the text times that of the glob.

use super::pattern::{Glob, GlobKind, Pattern, Segment};

impl Glob {
    /// Whether it accepts a text.
    pub fn matches(&self, text: &str) -> bool {
        self.alternatives.iter().any(|segments| match self.kind {
            GlobKind::Name | GlobKind::Field => whole(segments, text),
            GlobKind::Target => path(segments, Cursor::start(text, Separator::Colons), false),
            // Matched at the end: as if `**` stood before it.
            GlobKind::File => path(segments, Cursor::start(text, Separator::Slash), true),
        })
    }
}

/// A text of one segment.
fn whole(segments: &[Segment], text: &str) -> bool {
    match segments {
        [Segment::One(pattern)] => pattern.matches(text),
        _ => true,
    }
}

/// The segments of a path against those of a glob.
fn path(segments: &[Segment], start: Cursor<'_>, floating: bool) -> bool {
    let mut text = Some(start);
    let mut at = 0;
    // Where to go on when the last `**` has to take one segment more.
    let mut retry = floating.then_some((0, start));
    loop {
        match (segments.get(at), text) {
            (Some(Segment::Any), here) => {
                at += 1;
                let Some(cursor) = here else { continue };
                if at == segments.len() {
                    return true;
                }
                retry = Some((at, cursor));
                continue;
            }
            (Some(Segment::One(pattern)), Some(cursor)) => {
                // Most texts differ from a literal start: seen without looking for the segment's end.
                if retry.is_none()
                    && pattern
                        .literal()
                        .is_some_and(|literal| !cursor.rest.starts_with(literal))
                {
                    return false;
                }
                let (part, rest) = cursor.next();
                if pattern.matches(part) {
                    at += 1;
                    text = rest;
                    continue;
                }
            }
            (None, None) => return true,
            (Some(Segment::One(_)), None) | (None, Some(_)) => {}
        }
        let Some((after_star, cursor)) = retry else {
            return false;
        };
        let Some(next) = cursor.next().1 else {
            // The star would have to take the last segment; only more stars may follow then.
            return segments[after_star..]
                .iter()
                .all(|segment| *segment == Segment::Any);
        };
        retry = Some((after_star, next));
        at = after_star;
        text = Some(next);
    }
}

impl Pattern {
    /// Whether one segment is what the pattern says.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return text.is_empty();
        };
        let Some((last, middle)) = rest.split_last() else {
            return text == &**first;
        };
        let Some(text) = text.strip_prefix(&**first) else {
            return false;
        };
        let Some(mut text) = text.strip_suffix(&**last) else {
            return false;
        };
        // The first place of each piece leaves the most to those after it.
        for piece in middle {
            let Some(at) = text.find(&**piece) else {
                return false;
            };
            text = &text[at + piece.len()..];
        }
        true
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Colons,
    Slash,
}

/// A place between two segments of a path.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    rest: &'t str,
    separator: Separator,
}

impl<'t> Cursor<'t> {
    fn start(text: &'t str, separator: Separator) -> Self {
        Self {
            rest: text,
            separator,
        }
    }

    /// The segment here, and the place behind it unless it was the last.
    fn next(self) -> (&'t str, Option<Self>) {
        let (at, width) = match self.separator {
            // Two bytes are not worth a searcher's preparations.
            Separator::Colons => {
                let mut pairs = self.rest.as_bytes().windows(2);
                (pairs.position(|pair| pair == b"::"), 2)
            }
            // Windows' compilers write the other slash.
            Separator::Slash => (self.rest.find(['/', '\\']), 1),
        };
        match at {
            Some(at) => {
                let rest = Self {
                    rest: &self.rest[at + width..],
                    separator: self.separator,
                };
                (&self.rest[..at], Some(rest))
            }
            None => (self.rest, None),
        }
    }
}
