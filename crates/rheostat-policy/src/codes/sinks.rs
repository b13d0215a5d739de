//! RH5xx: sinks, limits, redaction, the endpoint.

use super::{Code, error, warning};

/// `unknown-sink-type`
pub const UNKNOWN_SINK_TYPE: Code = error(
    "RH501",
    "unknown-sink-type",
    "This build links no sink of that type.",
);

/// `sink-does-not-take`
pub const SINK_DOES_NOT_TAKE: Code = error(
    "RH502",
    "sink-does-not-take",
    "The sink cannot be handed what this action sends, because of its type or of its `only`.",
);

/// `unfit-format`
pub const UNFIT_FORMAT: Code = error(
    "RH503",
    "unfit-format",
    "`stream` sends data, so its sink writes a format that machines read; `log` sends lines \
     for people, so its sink writes text.",
);

/// `no-sink`
pub const NO_SINK: Code = error(
    "RH504",
    "no-sink",
    "The action names no sink, and nothing in `[sinks]` takes what it sends.",
);

/// `ambiguous-sink`
pub const AMBIGUOUS_SINK: Code = error(
    "RH505",
    "ambiguous-sink",
    "The action names no sink, and several take what it sends.",
);

/// `token-required`
pub const TOKEN_REQUIRED: Code = error(
    "RH506",
    "token-required",
    "An endpoint that other machines can reach needs a token. Loopback addresses do not.",
);

/// `one-of-two`
pub const ONE_OF_TWO: Code = error(
    "RH507",
    "one-of-two",
    "The two keys exclude each other, and one of them is needed.",
);

/// `bad-only`
pub const BAD_ONLY: Code = error(
    "RH508",
    "bad-only",
    "`only` narrows what a sink is handed, and this type of sink cannot be handed that at \
     all.",
);

/// `bad-redaction`
pub const BAD_REDACTION: Code = error(
    "RH510",
    "bad-redaction",
    "An entry of `redact` is a glob of field names, `{ field = GLOB, with = .. }` or `{ \
     pattern = REGEX, with = .. }`.",
);

/// `bad-limit`
pub const BAD_LIMIT: Code = error(
    "RH511",
    "bad-limit",
    "A limit lets something through: a ratio between 0 and 1, a period and a rate above zero, \
     a burst of at least 1.",
);

/// `standard-sink-of-other-type`
pub const SHADOWED_BUILT_IN: Code = warning(
    "RH512",
    "standard-sink-of-other-type",
    "`stdout` and `stderr` are what everyone takes them for, unless they are declared as \
     something else, which readers of the rules will not expect.",
);

/// `retry-order`
pub const RETRY_ORDER: Code = error(
    "RH513",
    "retry-order",
    "The first pause between two tries is not longer than the longest one.",
);

/// `half-a-spool`
pub const HALF_A_SPOOL: Code = error(
    "RH514",
    "half-a-spool",
    "What waits on disk needs a folder, `dir`, and a bound, `disk`. One without the other, or \
     `fsync` without them, would leave records in memory that somebody believes to be safe.",
);

/// All of them.
pub const ALL: &[Code] = &[
    UNKNOWN_SINK_TYPE,
    SINK_DOES_NOT_TAKE,
    UNFIT_FORMAT,
    NO_SINK,
    AMBIGUOUS_SINK,
    TOKEN_REQUIRED,
    ONE_OF_TWO,
    BAD_ONLY,
    BAD_REDACTION,
    BAD_LIMIT,
    SHADOWED_BUILT_IN,
    RETRY_ORDER,
    HALF_A_SPOOL,
];
