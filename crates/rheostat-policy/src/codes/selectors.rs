//! RH3xx: selectors and what they leave to act on.

use super::{Code, error};

/// `span-and-event`
pub const SPAN_AND_EVENT: Code = error(
    "RH301",
    "span-and-event",
    "A callsite is a span or an event, never both, so one selector cannot demand both. Two \
     selectors in a list accept either.",
);

/// `bad-lines`
pub const BAD_LINES: Code = error(
    "RH303",
    "bad-lines",
    "`line` is a line number, or a range such as `40..60` with both ends included.",
);

/// `within-event`
pub const WITHIN_EVENT: Code = error(
    "RH304",
    "within-event",
    "A record is inside of spans, never inside of events, so a selector of `within` cannot \
     say `event`.",
);

/// `needs-span-selector`
pub const NEEDS_SPAN: Code = error(
    "RH306",
    "needs-span-selector",
    "A condition that uses what only a span has wants `span` in each selector of the rule. Else \
     the rule would quietly hold for no event. Elsewhere it wants a span at all: a label of a \
     count of events would always be missing.",
);

/// `events-have-none`
pub const EVENTS_HAVE_NONE: Code = error(
    "RH307",
    "events-have-none",
    "Each selector of the rule says `event`, and an event has no such value: it happens at \
     one moment, and only a span lasts.",
);

/// `needs-within`
pub const NEEDS_WITHIN: Code = error(
    "RH308",
    "needs-within",
    "`@elapsed`, `@span` and `mark` speak of the span that `within` demands, and this rule has no \
     `within`.",
);

/// `open-outside-gauge`
pub const OPEN_OUTSIDE_GAUGE: Code = error(
    "RH309",
    "open-outside-gauge",
    "`@open` is how many spans are open now, which only a gauge can show: `gauge = { metric = \
     .., of = \"@open\" }`.",
);

/// `not-at-open`
pub const NOT_AT_OPEN: Code = error(
    "RH310",
    "not-at-open",
    "The action judges spans when they open, and this is known only when they close.",
);

/// `on-without-spans`
pub const PHASES_OF_EVENTS: Code = error(
    "RH311",
    "on-without-spans",
    "`on` says when a span is judged, and the action acts on events: because each selector says \
     `event`, or because none says `span`.",
);

/// `open-gauge-keys`
pub const OPEN_GAUGE_KEYS: Code = error(
    "RH312",
    "open-gauge-keys",
    "A gauge of `@open` goes up when a span opens and down when it closes, so `op` and `on` \
     say nothing there.",
);

/// `spans-have-none`
pub const SPANS_HAVE_NONE: Code = error(
    "RH313",
    "spans-have-none",
    "Only an event has this value, and only spans come here. How long a span was open is \
     `@duration`, when it closes.",
);

/// All of them.
pub const ALL: &[Code] = &[
    SPAN_AND_EVENT,
    BAD_LINES,
    WITHIN_EVENT,
    NEEDS_SPAN,
    EVENTS_HAVE_NONE,
    NEEDS_WITHIN,
    OPEN_OUTSIDE_GAUGE,
    NOT_AT_OPEN,
    PHASES_OF_EVENTS,
    OPEN_GAUGE_KEYS,
    SPANS_HAVE_NONE,
];
