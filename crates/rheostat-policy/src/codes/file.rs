//! RH0xx: the file as text, as TOML, and the values that stand in it.

use super::{Code, error};

/// `not-utf8`
pub const NOT_UTF8: Code = error(
    "RH001",
    "not-utf8",
    "The file is not UTF-8 text. TOML is UTF-8 by definition, so nothing in it can be read. \
     Save it as UTF-8.",
);

/// `file-too-large`
pub const TOO_LARGE: Code = error(
    "RH002",
    "file-too-large",
    "A policy may be 4 MiB long. A longer file is more likely a log or a dump under the wrong \
     name than a policy, and is not read.",
);

/// `empty-file`
pub const EMPTY: Code = error(
    "RH003",
    "empty-file",
    "The file is empty or holds only comments. An editor that saves in two steps leaves it so \
     for a moment; a policy that wants nothing says `version = 1`.",
);

/// `too-deep`
pub const TOO_DEEP: Code = error(
    "RH004",
    "too-deep",
    "Values are nested deeper than any policy needs, so the reader stops before its stack \
     does.",
);

/// `toml-syntax`
pub const TOML_SYNTAX: Code = error(
    "RH005",
    "toml-syntax",
    "This is not TOML. What the reader understood around it was still checked, so that \
     several mistakes show in one run.",
);

/// `duplicate-key`
pub const DUPLICATE_KEY: Code = error(
    "RH006",
    "duplicate-key",
    "One table holds a key twice. TOML has no rule for which of them would hold, so neither \
     does. Several rules are `[[rules]]`, several actions of one kind are a list.",
);

/// `missing-version`
pub const MISSING_VERSION: Code = error(
    "RH007",
    "missing-version",
    "A policy says which version of the language it is written in, so that a later one can \
     read it correctly: `version = 1`.",
);

/// `unknown-version`
pub const UNKNOWN_VERSION: Code = error(
    "RH008",
    "unknown-version",
    "This build reads version 1 of the language.",
);

/// `wrong-type`
pub const WRONG_TYPE: Code = error(
    "RH010",
    "wrong-type",
    "The key is known, but what stands there is of another type. The message says what may \
     stand there.",
);

/// `out-of-range`
pub const OUT_OF_RANGE: Code = error(
    "RH015",
    "out-of-range",
    "The number is of the right type but outside of what the key accepts.",
);

/// `unknown-choice`
pub const UNKNOWN_CHOICE: Code = error(
    "RH016",
    "unknown-choice",
    "The key accepts one of a few words, and this is none of them.",
);

/// `bad-level`
pub const BAD_LEVEL: Code = error(
    "RH017",
    "bad-level",
    "Levels are error, warn, info, debug and trace, in lower case. In a selector `info` means \
     this and more severe, `=info` only this, and a list only these.",
);

/// `bad-address`
pub const BAD_ADDRESS: Code = error(
    "RH018",
    "bad-address",
    "An address is a host and a port, such as `127.0.0.1:9464` or `[::1]:9464`.",
);

/// `bad-url`
pub const BAD_URL: Code = error(
    "RH019",
    "bad-url",
    "A URL here is absolute, with `http://` or `https://` and a host.",
);

/// `bad-expansion`
pub const BAD_EXPANSION: Code = error(
    "RH021",
    "bad-expansion",
    "After `${` come the name of an environment variable, perhaps `:-` and a default, and \
     `}`. A `${` that is meant as it stands is written `$${`.",
);

/// `plain-secret`
pub const PLAIN_SECRET: Code = error(
    "RH022",
    "plain-secret",
    "A secret does not stand in the policy itself, where everyone who reads the file would \
     see it. It is named: `{ env = \"NAME\" }` or `{ file = \"/run/secrets/name\" }`.",
);

/// `unreadable-secret`
pub const UNREADABLE_SECRET: Code = error(
    "RH023",
    "unreadable-secret",
    "The variable or file that holds this secret cannot be read. Secrets are read again at \
     every load.",
);

/// `secret-not-allowed`
pub const SECRET_NOT_ALLOWED: Code = error(
    "RH024",
    "secret-not-allowed",
    "A secret stands only at keys that are marked secret, because the values of all others \
     are shown: in `explain`, in errors, in the console.",
);

/// `bad-date`
pub const BAD_DATE: Code = error(
    "RH025",
    "bad-date",
    "`until` is a date and a time with its offset from UTC, such as `2026-03-01T18:00:00Z`. \
     Without an offset it would mean another moment on each machine.",
);

/// `bad-template`
pub const BAD_TEMPLATE: Code = error(
    "RH026",
    "bad-template",
    "A template is text with the names of fields in braces, such as `{method} {route}`. A \
     brace that is meant as it stands is doubled.",
);

/// `bad-mode`
pub const BAD_MODE: Code = error(
    "RH027",
    "bad-mode",
    "The permissions of a file are three or four octal digits in a string, such as `0640`.",
);

/// `empty-text`
pub const EMPTY_TEXT: Code = error("RH028", "empty-text", "The text may not be empty here.");

/// `not-finite`
pub const NOT_FINITE: Code = error(
    "RH029",
    "not-finite",
    "The number is not finite, or a duration or rate is zero where it divides time.",
);

/// All of them.
pub const ALL: &[Code] = &[
    NOT_UTF8,
    TOO_LARGE,
    EMPTY,
    TOO_DEEP,
    TOML_SYNTAX,
    DUPLICATE_KEY,
    MISSING_VERSION,
    UNKNOWN_VERSION,
    WRONG_TYPE,
    OUT_OF_RANGE,
    UNKNOWN_CHOICE,
    BAD_LEVEL,
    BAD_ADDRESS,
    BAD_URL,
    BAD_EXPANSION,
    PLAIN_SECRET,
    UNREADABLE_SECRET,
    SECRET_NOT_ALLOWED,
    BAD_DATE,
    BAD_TEMPLATE,
    BAD_MODE,
    EMPTY_TEXT,
    NOT_FINITE,
];
