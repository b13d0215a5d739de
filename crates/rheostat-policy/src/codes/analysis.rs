//! RH6xx: what rules mean together, and what can never happen.

use super::{Code, note, warning};

/// `never-matches`
pub const NEVER_MATCHES: Code = warning(
    "RH601",
    "never-matches",
    "By its own text this can never hold: what the selectors accept, what they exclude and \
     what the condition demands contradict each other, or the action acts on another kind of \
     record. `[lint] deny` makes it an error.",
);

/// `covered-rule`
pub const COVERED: Code = warning(
    "RH602",
    "covered-rule",
    "Another rule holds whenever this one does, and has the turn: an earlier one that feeds the \
     same metric with the same action, or one that sends to the same sink and is more generous (no \
     limit before the highest `sample`, before `every`, before `rate`; else the earlier one). So \
     this one never acts.",
);

/// `overlapping-rules`
pub const OVERLAP: Code = warning(
    "RH603",
    "overlapping-rules",
    "Two rules feed one metric with the same action, and a record may hold for both. It is \
     counted once, by the first.",
);

/// `dropped-before`
pub const DROPPED_BEFORE: Code = warning(
    "RH604",
    "dropped-before",
    "An earlier rule drops everything that this rule could see.",
);

/// `always-true`
pub const ALWAYS_TRUE: Code = note(
    "RH605",
    "always-true",
    "The condition always holds, so it says nothing.",
);

/// `drop-without-effect`
pub const DROP_WITHOUT_EFFECT: Code = note(
    "RH606",
    "drop-without-effect",
    "Nothing after this rule can be affected by its `drop`.",
);

/// All of them.
pub const ALL: &[Code] = &[NEVER_MATCHES, COVERED, OVERLAP, DROPPED_BEFORE, ALWAYS_TRUE];
