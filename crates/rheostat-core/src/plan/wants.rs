//! What the engine must bring along for a callsite.

/// What a callsite's plan needs besides the record's own fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The open spans around the record.
    pub scope: bool,
    /// An event: count it in the spans around it.
    pub counted: bool,
    /// An event at ERROR: mark the spans around it.
    pub marks_error: bool,
}

impl Wants {
    /// Whether nothing is needed.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}
