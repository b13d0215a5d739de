//! Two globs side by side: what one certainly covers, and whether both can accept one text.

use super::pattern::{Glob, GlobKind, Pattern, Segment};

impl Glob {
    /// Whether it accepts every text.
    pub fn accepts_all(&self) -> bool {
        self.alternatives.iter().any(|segments| match &**segments {
            [Segment::Any] => true,
            [Segment::One(pattern)] => match self.kind {
                // Any file has a last segment.
                GlobKind::File | GlobKind::Name | GlobKind::Field => {
                    pattern.pieces.len() > 1 && pattern.pieces.iter().all(|piece| piece.is_empty())
                }
                GlobKind::Target => false,
            },
            _ => false,
        })
    }

    /// Whether it certainly accepts every text that the other accepts.
    ///
    /// `true` is certain. `false` may be too careful: each alternative of the other must be covered by a
    /// single alternative of this one. Globs of different kinds cover each other only if they accept all.
    pub fn covers(&self, other: &Self) -> bool {
        if self.accepts_all() {
            return true;
        }
        self.kind == other.kind
            && other.alternatives.iter().all(|theirs| {
                self.alternatives.iter().any(|ours| match self.kind {
                    GlobKind::File => covers_path(&with_any(ours), &with_any(theirs)),
                    _ => covers_path(ours, theirs),
                })
            })
    }

    /// Whether some text may be accepted by both.
    ///
    /// Exact for globs of one kind: `false` is certain, and so is `true`, except that the text may be no
    /// path that exists. Globs of different kinds are assumed to overlap.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.kind != other.kind
            || self.alternatives.iter().any(|ours| {
                other.alternatives.iter().any(|theirs| match self.kind {
                    GlobKind::File => paths_meet(&with_any(ours), &with_any(theirs)),
                    _ => paths_meet(ours, theirs),
                })
            })
    }

    /// Whether certainly no text is accepted by both.
    pub fn disjoint(&self, other: &Self) -> bool {
        !self.overlaps(other)
    }
}

/// A file is matched at the end of its path, as if `**` stood before it.
fn with_any(segments: &[Segment]) -> Vec<Segment> {
    let mut path = Vec::with_capacity(segments.len() + 1);
    if segments.first() != Some(&Segment::Any) {
        path.push(Segment::Any);
    }
    path.extend_from_slice(segments);
    path
}

/// Matches the other glob as if it were a text, in which its own stars are met only by stars.
fn covers_path(ours: &[Segment], theirs: &[Segment]) -> bool {
    table(ours.len(), theirs.len(), |at, to, known| {
        match (ours.get(at), theirs.get(to)) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(Segment::Any), None) => known(at + 1, to),
            (Some(Segment::Any), Some(_)) => known(at + 1, to) || known(at, to + 1),
            (Some(Segment::One(our)), Some(Segment::One(their))) => {
                known(at + 1, to + 1) && covers_segment(our, their)
            }
            (Some(Segment::One(_)), Some(Segment::Any) | None) => false,
        }
    })
}

fn covers_segment(ours: &Pattern, theirs: &Pattern) -> bool {
    let (ours, theirs) = (symbols(ours), symbols(theirs));
    table(ours.len(), theirs.len(), |at, to, known| {
        match (ours.get(at), theirs.get(to)) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(None), None) => known(at + 1, to),
            (Some(None), Some(_)) => known(at + 1, to) || known(at, to + 1),
            (Some(Some(our)), Some(Some(their))) => our == their && known(at + 1, to + 1),
            (Some(Some(_)), Some(None) | None) => false,
        }
    })
}

/// Whether some path is accepted by both.
fn paths_meet(ours: &[Segment], theirs: &[Segment]) -> bool {
    table(ours.len(), theirs.len(), |at, to, known| {
        match (ours.get(at), theirs.get(to)) {
            (None, None) => true,
            (Some(Segment::Any), their) => {
                known(at + 1, to) || their.is_some() && known(at, to + 1)
            }
            (our, Some(Segment::Any)) => known(at, to + 1) || our.is_some() && known(at + 1, to),
            (Some(Segment::One(our)), Some(Segment::One(their))) => {
                known(at + 1, to + 1) && segments_meet(our, their)
            }
            (None, Some(Segment::One(_))) | (Some(Segment::One(_)), None) => false,
        }
    })
}

fn segments_meet(ours: &Pattern, theirs: &Pattern) -> bool {
    let (ours, theirs) = (symbols(ours), symbols(theirs));
    table(ours.len(), theirs.len(), |at, to, known| {
        match (ours.get(at), theirs.get(to)) {
            (None, None) => true,
            (Some(None), their) => known(at + 1, to) || their.is_some() && known(at, to + 1),
            (our, Some(None)) => known(at, to + 1) || our.is_some() && known(at + 1, to),
            (Some(Some(our)), Some(Some(their))) => our == their && known(at + 1, to + 1),
            (None, Some(Some(_))) | (Some(Some(_)), None) => false,
        }
    })
}

/// A pattern as bytes, with nothing for each star.
fn symbols(pattern: &Pattern) -> Vec<Option<u8>> {
    let mut symbols = Vec::new();
    for (at, piece) in pattern.pieces.iter().enumerate() {
        if at > 0 {
            symbols.push(None);
        }
        symbols.extend(piece.bytes().map(Some));
    }
    symbols
}

/// Fills a table from its end and gives its first cell; a cell asks for cells nearer the end only.
fn table(
    rows: usize,
    columns: usize,
    cell: impl Fn(usize, usize, &dyn Fn(usize, usize) -> bool) -> bool,
) -> bool {
    let width = columns + 1;
    let mut cells = vec![false; (rows + 1) * width];
    for row in (0..=rows).rev() {
        for column in (0..=columns).rev() {
            let value = cell(row, column, &|row, column| {
                row <= rows && column <= columns && cells[row * width + column]
            });
            cells[row * width + column] = value;
        }
    }
    cells.first().copied().unwrap_or(false)
}
