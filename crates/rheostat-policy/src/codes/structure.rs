//! RH1xx: keys, names and what they refer to.

use super::{Code, error, note, warning};

/// `unknown-key`
pub const UNKNOWN_KEY: Code = error(
    "RH101",
    "unknown-key",
    "The table has no such key. A key that is silently ignored would be a rule that silently \
     does less, so it is an error; the message offers the nearest known one.",
);

/// `missing-key`
pub const MISSING_KEY: Code = error(
    "RH102",
    "missing-key",
    "The table needs this key to mean anything.",
);

/// `key-below-action`
pub const KEY_BELOW_ACTION: Code = error(
    "RH103",
    "key-below-action",
    "In TOML, everything after a header such as `[rules.count]` belongs to that table, up to \
     the next header. A key of the rule that comes after it has to move above it.",
);

/// `unknown-sink`
pub const UNKNOWN_SINK: Code = error(
    "RH104",
    "unknown-sink",
    "Nothing in `[sinks]` has this name. `stdout` and `stderr` exist without being declared.",
);

/// `unknown-selector`
pub const UNKNOWN_SELECTOR: Code = error(
    "RH105",
    "unknown-selector",
    "A string in the place of a selector is the name of one in `[selectors]`, and nothing \
     there has this name.",
);

/// `unknown-group`
pub const UNKNOWN_GROUP: Code = error(
    "RH106",
    "unknown-group",
    "Nothing in `[groups]` has this name.",
);

/// `duplicate-name`
pub const DUPLICATE_NAME: Code = error(
    "RH107",
    "duplicate-name",
    "A rule's name is its identity: its limiters, counters and deadlines go on under it when \
     the file is edited. So two rules cannot share one.",
);

/// `name-required`
pub const NAME_REQUIRED: Code = error(
    "RH108",
    "name-required",
    "`for`, `until`, `every`, `rate` and `shadow` keep something between edits of the file, \
     and find it again by the rule's name.",
);

/// `no-action`
pub const NO_ACTION: Code = error(
    "RH109",
    "no-action",
    "A rule says what to do: at least one action, or `drop`.",
);

/// `no-match`
pub const NO_MATCH: Code = error(
    "RH110",
    "no-match",
    "A rule says where it looks: `match`, its own or its group's.",
);

/// `for-and-until`
pub const FOR_AND_UNTIL: Code = error(
    "RH111",
    "for-and-until",
    "`for` ends a rule some time after it was first applied, `until` at a moment. With both, \
     one of them would be ignored.",
);

/// `unknown-action`
pub const UNKNOWN_ACTION: Code = error(
    "RH112",
    "unknown-action",
    "`drop` names the actions that later rules do without, and this is none of them.",
);

/// `empty-selection`
pub const EMPTY_LIST: Code = error(
    "RH113",
    "empty-selection",
    "The list has to name at least one, else nothing could ever match.",
);

/// `bad-name`
pub const BAD_NAME: Code = error(
    "RH114",
    "bad-name",
    "Names of sinks, selectors, groups, rings and rules are at most 200 characters, not \
     empty, without control characters.",
);

/// `unused-selector`
pub const UNUSED_SELECTOR: Code = note(
    "RH115",
    "unused-selector",
    "No rule and no group names this selector.",
);

/// `unused-group`
pub const UNUSED_GROUP: Code = note(
    "RH116",
    "unused-group",
    "No rule says that it is in this group, so it adds nothing.",
);

/// `unused-sink`
pub const UNUSED_SINK: Code = note(
    "RH117",
    "unused-sink",
    "No action writes to this sink, so it is not opened.",
);

/// `unknown-lint`
pub const UNKNOWN_LINT: Code = warning(
    "RH118",
    "unknown-lint",
    "`[lint]` names a code or a name that no diagnostic has.",
);

/// `lint-allows-error`
pub const LINT_ALLOWS_ERROR: Code = warning(
    "RH119",
    "lint-allows-error",
    "`[lint] allow` silences warnings and notes. An error stays one, because a policy with \
     errors is not applied.",
);

/// `selector-cycle`
pub const SELECTOR_CYCLE: Code = error(
    "RH120",
    "selector-cycle",
    "A selector names itself, directly or through others, so it has no meaning.",
);

/// `unknown-ring`
pub const UNKNOWN_RING: Code = error(
    "RH121",
    "unknown-ring",
    "Nothing in `[rings]` has this name.",
);

/// `key-of-action`
pub const KEY_OF_ACTION: Code = error(
    "RH122",
    "key-of-action",
    "The key belongs to an action, not to the rule: it goes inside of the action's table.",
);

/// `not-linked`
pub const NOT_LINKED: Code = error(
    "RH123",
    "not-linked",
    "The language knows the action, but this program was built without the crate that does it.",
);

/// `too-many-selectors`
pub const TOO_MANY_SELECTORS: Code = error(
    "RH124",
    "too-many-selectors",
    "Selectors may name others, but not without end: at most 1,000 in one list, and names of names at most \
     32 deep.",
);

/// `rule-over`
pub const RULE_OVER: Code = warning(
    "RH125",
    "rule-over",
    "`until` is in the past, so the rule is over and does nothing. It never comes back by itself: \
     take it out, or give it a later `until`.",
);

/// `idle-labels`
pub const IDLE_LABELS: Code = warning(
    "RH126",
    "idle-labels",
    "`labels` of a rule are for the metrics that it feeds, and it feeds none.",
);

/// `allowed-and-denied`
pub const ALLOWED_AND_DENIED: Code = warning(
    "RH127",
    "allowed-and-denied",
    "`[lint]` both silences the diagnostic and makes it an error. It is silenced.",
);

/// All of them.
pub const ALL: &[Code] = &[
    UNKNOWN_KEY,
    MISSING_KEY,
    KEY_BELOW_ACTION,
    UNKNOWN_SINK,
    UNKNOWN_SELECTOR,
    UNKNOWN_GROUP,
    DUPLICATE_NAME,
    NAME_REQUIRED,
    NO_ACTION,
    NO_MATCH,
    FOR_AND_UNTIL,
    UNKNOWN_ACTION,
    EMPTY_LIST,
    BAD_NAME,
    UNUSED_SELECTOR,
    UNUSED_GROUP,
    UNUSED_SINK,
    UNKNOWN_LINT,
    LINT_ALLOWS_ERROR,
    SELECTOR_CYCLE,
    UNKNOWN_RING,
    KEY_OF_ACTION,
    NOT_LINKED,
    TOO_MANY_SELECTORS,
    RULE_OVER,
    IDLE_LABELS,
    ALLOWED_AND_DENIED,
];
