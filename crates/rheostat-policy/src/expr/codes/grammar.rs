//! How words join to an expression: what can go wrong there.

use crate::codes::Code;
use crate::diagnostic::Severity::Error;

/// `unbalanced-parenthesis`
pub const UNBALANCED: Code = Code {
    code: "RH220",
    name: "unbalanced-parenthesis",
    severity: Error,
    explain: "Every opening parenthesis or bracket has a closing one of its kind, and the other way \
              round.",
};

/// `trailing-input`
pub const TRAILING: Code = Code {
    code: "RH221",
    name: "trailing-input",
    severity: Error,
    explain: "The expression was complete before this. Two conditions are joined by `and` or `or`; a \
              name with spaces stands in backticks.",
};

/// `missing-value`
pub const MISSING_VALUE: Code = Code {
    code: "RH222",
    name: "missing-value",
    severity: Error,
    explain: "A value is due here: a literal, a field, a built-in, or an expression in parentheses. \
              Often an operator has lost one of its sides.",
};

/// `unknown-operator`
pub const UNKNOWN_OPERATOR: Code = Code {
    code: "RH223",
    name: "unknown-operator",
    severity: Error,
    explain: "A word stands between two values that is no operator. The operators that are words are \
              and, or, not, in, contains, starts_with, ends_with and matches, in lower case.",
};

/// `chained-comparison`
pub const CHAINED: Code = Code {
    code: "RH224",
    name: "chained-comparison",
    severity: Error,
    explain: "Comparisons do not chain, since `a < b < c` would compare true or false with c. Write \
              both comparisons and join them with `and`.",
};

/// `misplaced-not`
pub const MISPLACED_NOT: Code = Code {
    code: "RH225",
    name: "misplaced-not",
    severity: Error,
    explain: "`not` stands before a whole condition and binds weaker than a comparison: `not x in \
              ['a']`, not `x not in ['a']`. Within a comparison it needs parentheses.",
};

/// `list-expected`
pub const LIST_EXPECTED: Code = Code {
    code: "RH226",
    name: "list-expected",
    severity: Error,
    explain: "`in` is followed by a list in brackets, with commas between the values: `status in [404, \
              410]`.",
};

/// `empty-list`
pub const EMPTY_LIST: Code = Code {
    code: "RH227",
    name: "empty-list",
    severity: Error,
    explain: "Nothing is in an empty list, so the test would never hold. Write the values, or take the \
              test out.",
};

/// `bad-has`
pub const BAD_HAS: Code = Code {
    code: "RH228",
    name: "bad-has",
    severity: Error,
    explain: "`has(..)` asks whether one field or built-in has a value. It takes exactly one name, not \
              an expression.",
};

/// `bad-span-reference`
pub const BAD_SPAN_REF: Code = Code {
    code: "RH229",
    name: "bad-span-reference",
    severity: Error,
    explain: "A field of a span of a known name is written `span('request').method`: the name of the \
              span as a text, a dot, the name of the field.",
};

/// `unknown-built-in`
pub const UNKNOWN_BUILT_IN: Code = Code {
    code: "RH230",
    name: "unknown-built-in",
    severity: Error,
    explain: "A name with `@` is one of the values that every record has, whatever its fields. This \
              one is not among them. Fields are written without `@`.",
};

/// `unknown-transform`
pub const UNKNOWN_TRANSFORM: Code = Code {
    code: "RH231",
    name: "unknown-transform",
    severity: Error,
    explain: "What stands after `|` is one of the transforms. This one is not among them.",
};

/// `unknown-function`
pub const UNKNOWN_FUNCTION: Code = Code {
    code: "RH232",
    name: "unknown-function",
    severity: Error,
    explain: "Only has(..), span('..') and env('..') are called. Transforms stand after a bar: `path | \
              lower`, not `lower(path)`.",
};

/// `argument-count`
pub const ARGUMENT_COUNT: Code = Code {
    code: "RH233",
    name: "argument-count",
    severity: Error,
    explain: "A transform takes a fixed number of arguments.",
};

/// `argument-type`
pub const ARGUMENT_TYPE: Code = Code {
    code: "RH234",
    name: "argument-type",
    severity: Error,
    explain: "The arguments of transforms are literals: known while the policy is checked, and of the \
              type that the transform asks for.",
};

/// `bad-regex`
pub const BAD_REGEX: Code = Code {
    code: "RH235",
    name: "bad-regex",
    severity: Error,
    explain: "The regular expression cannot be read, or is too large once compiled. The syntax is that \
              of Rust's regex crate: linear time, so no look-around and no back-references. Texts in \
              single quotes need no doubled backslashes.",
};

/// `capture-groups`
pub const CAPTURE_GROUPS: Code = Code {
    code: "RH236",
    name: "capture-groups",
    severity: Error,
    explain: "`capture` gives what the only group of its regular expression matched, so there must be \
              exactly one. Groups that only bracket are written `(?:..)`.",
};

/// `regex-expected`
pub const REGEX_EXPECTED: Code = Code {
    code: "RH237",
    name: "regex-expected",
    severity: Error,
    explain: "Regular expressions are compiled while the policy is checked, so they are written as a \
              text here and cannot come from a record.",
};

/// `missing-variable`
pub const MISSING_VARIABLE: Code = Code {
    code: "RH238",
    name: "missing-variable",
    severity: Error,
    explain: "The environment variable is not set where the policy is checked. There is no default \
              within expressions: set it, or write the text.",
};

/// `bad-env`
pub const BAD_ENV: Code = Code {
    code: "RH239",
    name: "bad-env",
    severity: Error,
    explain: "`env('NAME')` stands for the text of one environment variable; the name is written as a \
              text.",
};

/// `log-field`
pub const LOG_FIELD: Code = Code {
    code: "RH240",
    name: "log-field",
    severity: Error,
    explain: "The fields that the bridge from the `log` crate adds do not exist in this language: \
              records of `log` match and show their real target, module, file and line, by @target \
              @module @file @line.",
};

/// `literal-too-large`
pub const LITERAL_TOO_LARGE: Code = Code {
    code: "RH241",
    name: "literal-too-large",
    severity: Error,
    explain: "The literal is larger than its type holds: whole numbers have 128 bits, durations end at \
              292 years, sizes have 64 bits.",
};

/// `missing-comma`
pub const MISSING_COMMA: Code = Code {
    code: "RH242",
    name: "missing-comma",
    severity: Error,
    explain: "The values of a list and the arguments of a transform are separated by commas.",
};

/// `no-null`
pub const NO_NULL: Code = Code {
    code: "RH243",
    name: "no-null",
    severity: Error,
    explain: "There is no null to compare with: a value is there or missing. Ask by `has(name)`, or \
              turn it round by `not has(name)`. A field that is called null stands in backticks.",
};

/// `boolean-case`
pub const BOOLEAN_CASE: Code = Code {
    code: "RH244",
    name: "boolean-case",
    severity: Error,
    explain: "True and false are written in lower case. A field of such a name stands in backticks.",
};

/// These, in order.
pub(super) const TABLE: &[Code] = &[
    UNBALANCED,
    TRAILING,
    MISSING_VALUE,
    UNKNOWN_OPERATOR,
    CHAINED,
    MISPLACED_NOT,
    LIST_EXPECTED,
    EMPTY_LIST,
    BAD_HAS,
    BAD_SPAN_REF,
    UNKNOWN_BUILT_IN,
    UNKNOWN_TRANSFORM,
    UNKNOWN_FUNCTION,
    ARGUMENT_COUNT,
    ARGUMENT_TYPE,
    BAD_REGEX,
    CAPTURE_GROUPS,
    REGEX_EXPECTED,
    MISSING_VARIABLE,
    BAD_ENV,
    LOG_FIELD,
    LITERAL_TOO_LARGE,
    MISSING_COMMA,
    NO_NULL,
    BOOLEAN_CASE,
];
