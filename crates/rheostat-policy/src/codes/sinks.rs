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
     a burst of at least 1. A trace is sampled as a whole, by its id.",
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

/// `needs-key`
pub const NEEDS_KEY: Code = error(
    "RH514",
    "needs-key",
    "The key says nothing without another one: what waits on disk needs both `disk` and `dir`, \
     and `protocol` and `headers` speak of the collector at `endpoint`.",
);

/// `tiny-buffer`
pub const TINY_BUFFER: Code = error(
    "RH515",
    "tiny-buffer",
    "So little that hardly one record fits, and nearly all would be dropped.",
);

/// `small-buffer`
pub const SMALL_BUFFER: Code = warning(
    "RH516",
    "small-buffer",
    "The largest record that `max_record` of [defaults] allows does not fit into the buffer, so \
     such a record is always dropped.",
);

/// `shared-file`
pub const SHARED_FILE: Code = error(
    "RH517",
    "shared-file",
    "Two parts of the policy write one file: each would rotate, cut or overwrite what the other \
     one writes.",
);

/// `no-metrics-here`
pub const NO_ROWS: Code = error(
    "RH518",
    "no-metrics-here",
    "`metrics_every` says how often rows of metrics are written, and this sink is handed none, \
     because of its type or of its `only`.",
);

/// `bad-rename`
pub const BAD_RENAME: Code = error(
    "RH519",
    "bad-rename",
    "`rename` says `new = \"old\"`. A field has one new name, no two fields share one, and only a \
     field that `fields` carries can be renamed.",
);

/// `idle-keep`
pub const IDLE_KEEP: Code = warning(
    "RH530",
    "idle-keep",
    "A trace is shipped if `keep` holds, else if it is sampled; without `sample`, all are. With \
     `sample = 0` only what `keep` keeps is shipped.",
);

/// `never-rotates`
pub const NEVER_ROTATES: Code = error(
    "RH531",
    "never-rotates",
    "`rotate` says when a new file begins, by `size`, by `every`, or by both. With neither, none \
     ever does, and `keep` has nothing to count.",
);

/// `durable-limited`
pub const DURABLE_LIMITED: Code = error(
    "RH532",
    "durable-limited",
    "Durable records form a chain in which a missing one is found. `sample`, `every` and `rate` leave \
     records out on purpose, so what they leave would be a trail with holes that nobody can tell \
     from tampering.",
);

/// `durable-sink`
pub const DURABLE_SINK: Code = error(
    "RH533",
    "durable-sink",
    "A durable record waits on disk until its destination has it, so its sink needs a spool (`buffer` \
     with `disk` and `dir`), `full = \"block\"`, which holds the program up rather than dropping records, \
     and a destination that says what it has and keeps the JSON of a record as it is.",
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
    NEEDS_KEY,
    TINY_BUFFER,
    SMALL_BUFFER,
    SHARED_FILE,
    NO_ROWS,
    BAD_RENAME,
    IDLE_KEEP,
    NEVER_ROTATES,
    DURABLE_LIMITED,
    DURABLE_SINK,
];
