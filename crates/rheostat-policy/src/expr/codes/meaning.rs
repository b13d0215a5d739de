//! Whether an expression can mean something: what can go wrong there.

use crate::codes::Code;
use crate::diagnostic::Severity::{Error, Note, Warning};

/// `not-a-condition`
pub const NOT_A_CONDITION: Code = Code {
    code: "RH250",
    name: "not-a-condition",
    severity: Error,
    explain: "A condition is true or false. `and`, `or`, `not` and `where` take conditions: \
              comparisons, tests, boolean fields. A number, a text or a duration is none.",
};

/// `mixed-dimensions`
pub const MIXED_DIMENSIONS: Code = Code {
    code: "RH251",
    name: "mixed-dimensions",
    severity: Error,
    explain: "Numbers, durations and sizes do not mix in arithmetic, except that a duration or a size \
              may be multiplied and divided by a number, and divided by its own kind. The result would \
              always be missing.",
};

/// `never-comparable`
pub const NEVER_COMPARABLE: Code = Code {
    code: "RH252",
    name: "never-comparable",
    severity: Error,
    explain: "The two sides can never be compared, whatever the record holds, so the test would never \
              hold (or always, for `!=`). A duration compares with a duration, a number with a number \
              or a size, true and false with each other.",
};

/// `no-order`
pub const NO_ORDER: Code = Code {
    code: "RH253",
    name: "no-order",
    severity: Error,
    explain: "`<` and its kin hold on two numbers or two durations. Texts that are neither have no \
              order here, and neither have true and false. Levels are compared by `in`, or better by \
              `level` in `match`.",
};

/// `not-text`
pub const NOT_TEXT: Code = Code {
    code: "RH254",
    name: "not-text",
    severity: Error,
    explain: "`contains`, `starts_with`, `ends_with` and `matches` test texts. A literal number, \
              duration or boolean on either side is never one; put quotes around it.",
};

/// `not-a-quantity`
pub const NOT_A_QUANTITY: Code = Code {
    code: "RH255",
    name: "not-a-quantity",
    severity: Error,
    explain: "Arithmetic works on numbers, durations and sizes. True and false are none, and neither \
              is a text that does not read as one.",
};

/// `unfit-transform`
pub const UNFIT_TRANSFORM: Code = Code {
    code: "RH256",
    name: "unfit-transform",
    severity: Error,
    explain: "The transform can never make anything of such a value, so the result would always be \
              missing.",
};

/// `dashed-name`
pub const DASHED_NAME: Code = Code {
    code: "RH257",
    name: "dashed-name",
    severity: Warning,
    explain: "`a-b` without spaces subtracts, but it looks like the name of one field. If the field \
              `a-b` is meant, put it in backticks; if a difference is meant, put spaces around the \
              minus.",
};

/// `constant-test`
pub const CONSTANT_TEST: Code = Code {
    code: "RH258",
    name: "constant-test",
    severity: Warning,
    explain: "Both sides are literals, so the test does not depend on the record. Often a field's name \
              was put in quotes by mistake: `uri` is a field, `'uri'` is a text.",
};

/// `bare-word`
pub const BARE_WORD: Code = Code {
    code: "RH259",
    name: "bare-word",
    severity: Note,
    explain: "A word without quotes is the name of a field, so two fields are compared here. If the \
              text is meant, put it in quotes; if both fields are meant, all is well, and `[lint] \
              allow` silences this.",
};

/// `outside-vocabulary`
pub const OUTSIDE_VOCABULARY: Code = Code {
    code: "RH280",
    name: "outside-vocabulary",
    severity: Warning,
    explain: "`@level` is one of `error`, `warn`, `info`, `debug` and `trace`, in lower case, and \
              `@kind` is one of `event`, `span` and `hint`. Neither is ever anything else, so the \
              comparison has the same outcome for every record.",
};

/// These, in order.
pub(super) const TABLE: &[Code] = &[
    NOT_A_CONDITION,
    MIXED_DIMENSIONS,
    NEVER_COMPARABLE,
    NO_ORDER,
    NOT_TEXT,
    NOT_A_QUANTITY,
    UNFIT_TRANSFORM,
    DASHED_NAME,
    CONSTANT_TEST,
    BARE_WORD,
    OUTSIDE_VOCABULARY,
];
