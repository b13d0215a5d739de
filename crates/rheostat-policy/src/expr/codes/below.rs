//! Literals and globs that cannot be read: what can go wrong there.

use crate::codes::Code;
use crate::diagnostic::Severity::Error;

/// `bad-duration`
pub const BAD_DURATION: Code = Code {
    code: "RH260",
    name: "bad-duration",
    severity: Error,
    explain: "A duration is a number and its unit without space, or several, the largest unit first: \
              `150us`, `1.5s`, `1h30m`. The units are ns us ms s m h d w. A bare number is no \
              duration.",
};

/// `bad-size`
pub const BAD_SIZE: Code = Code {
    code: "RH261",
    name: "bad-size",
    severity: Error,
    explain: "A size is a number and its unit without space: `64KiB`, `10MB`. kB, MB and GB are powers \
              of 1000; KiB, MiB and GiB powers of 1024. A bare number is no size.",
};

/// `bad-rate`
pub const BAD_RATE: Code = Code {
    code: "RH262",
    name: "bad-rate",
    severity: Error,
    explain: "A rate is a number per second, minute or hour: `1000/s`, `5/m`, `1/h`. It is more than \
              0.",
};

/// `bad-ratio`
pub const BAD_RATIO: Code = Code {
    code: "RH263",
    name: "bad-ratio",
    severity: Error,
    explain: "A ratio is a number from 0 to 1, or a fraction as a text: 0.05 or \"1/20\". Percent are \
              not read.",
};

/// `empty-glob`
pub const EMPTY_GLOB: Code = Code {
    code: "RH270",
    name: "empty-glob",
    severity: Error,
    explain: "A glob must hold something. To accept everything, leave the key out or write `**`.",
};

/// `glob-too-long`
pub const GLOB_TOO_LONG: Code = Code {
    code: "RH271",
    name: "glob-too-long",
    severity: Error,
    explain: "A glob holds at most 512 bytes. Several globs may stand in a list.",
};

/// `unbalanced-brace`
pub const UNBALANCED_BRACE: Code = Code {
    code: "RH272",
    name: "unbalanced-brace",
    severity: Error,
    explain: "Alternatives stand in braces, with commas between them: `{db,cache}`. Every opening \
              brace has a closing one.",
};

/// `bad-stars`
pub const BAD_STARS: Code = Code {
    code: "RH273",
    name: "bad-stars",
    severity: Error,
    explain: "One star stands for any run of characters (within a segment, where the glob has \
              segments), two stars for any number of whole segments. Three mean nothing.",
};

/// `stars-within-segment`
pub const STARS_IN_SEGMENT: Code = Code {
    code: "RH274",
    name: "stars-within-segment",
    severity: Error,
    explain: "Two stars stand for whole segments, so they stand alone between the separators: \
              `shop::**`, not `shop**`. One star matches within a segment.",
};

/// `too-many-alternatives`
pub const TOO_MANY_ALTERNATIVES: Code = Code {
    code: "RH275",
    name: "too-many-alternatives",
    severity: Error,
    explain: "The alternatives of one glob multiply, and these make more than 64. Write several globs \
              in a list, or one star.",
};

/// `empty-segment`
pub const EMPTY_SEGMENT: Code = Code {
    code: "RH276",
    name: "empty-segment",
    severity: Error,
    explain: "A segment of the glob is empty, so it would match nothing that exists. A separator \
              stands between two segments, once.",
};

/// `wrong-separator`
pub const WRONG_SEPARATOR: Code = Code {
    code: "RH277",
    name: "wrong-separator",
    severity: Error,
    explain: "The segments of a target or a module are separated by `::`, those of a file by `/`.",
};

/// These, in order.
pub(super) const TABLE: &[Code] = &[
    BAD_DURATION,
    BAD_SIZE,
    BAD_RATE,
    BAD_RATIO,
    EMPTY_GLOB,
    GLOB_TOO_LONG,
    UNBALANCED_BRACE,
    BAD_STARS,
    STARS_IN_SEGMENT,
    TOO_MANY_ALTERNATIVES,
    EMPTY_SEGMENT,
    WRONG_SEPARATOR,
];
