//! The glob itself: a list of alternatives, each a list of segments.

/// What the text is that a glob is matched against, and so what separates its segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GlobKind {
    /// A target or a module path: segments between `::`.
    Target,
    /// A name of a span or an event: one run of characters.
    Name,
    /// A source file: segments between `/`, matched at the end of the path.
    File,
    /// A name of a field: one run of characters.
    Field,
}

impl GlobKind {
    /// What stands between two segments; `None`: there is one segment.
    pub fn separator(self) -> Option<&'static str> {
        match self {
            Self::Target => Some("::"),
            Self::File => Some("/"),
            Self::Name | Self::Field => None,
        }
    }
}

/// The longest glob, in bytes.
pub const MAX_BYTES: usize = 512;

/// How many alternatives one glob may make.
pub const MAX_ALTERNATIVES: usize = 64;

/// A glob and the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    pub(super) text: String,
    pub(super) kind: GlobKind,
    // Invariant: at least one, each with at least one segment.
    pub(super) alternatives: Box<[Box<[Segment]>]>,
}

/// What one segment of a text must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// `**`: any number of segments, none included.
    Any,
    /// One segment.
    One(Pattern),
}

/// Literal pieces with any run of characters between each two of them.
///
/// `a*b` is the pieces `a` and `b`; `*` is two empty ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    // Invariant: at least one.
    pub(super) pieces: Box<[Box<str>]>,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self {
            pieces: text.split('*').map(Box::from).collect(),
        }
    }

    /// The text, if no star is in it.
    pub(super) fn literal(&self) -> Option<&str> {
        match &*self.pieces {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Glob {
    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is matched against.
    pub fn kind(&self) -> GlobKind {
        self.kind
    }

    /// The only text it accepts, if there is only one. Never for a file, which may have any path before it.
    pub fn literal(&self) -> Option<&str> {
        let exact = self.kind != GlobKind::File
            && self.alternatives.len() == 1
            && self.alternatives[0]
                .iter()
                .all(|segment| matches!(segment, Segment::One(one) if one.literal().is_some()));
        exact
            .then_some(self.text.as_str())
            .filter(|text| !text.contains(['{', '}']))
    }

    /// For each of its alternatives, the whole segments that every text it accepts begins with; empty where
    /// that is none. A file may have any path before it.
    pub fn heads(&self) -> impl Iterator<Item = Vec<&str>> {
        self.alternatives.iter().map(|segments| {
            let literal = |segment| match segment {
                &Segment::Any => None,
                Segment::One(pattern) => pattern.literal(),
            };
            match self.kind {
                GlobKind::File => Vec::new(),
                _ => segments.iter().map_while(literal).collect(),
            }
        })
    }
}

impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
