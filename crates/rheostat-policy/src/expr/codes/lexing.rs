//! How a text falls into words: what can go wrong there.

use crate::codes::Code;
use crate::diagnostic::Severity::Error;

/// `empty-expression`
pub const EMPTY: Code = Code {
    code: "RH200",
    name: "empty-expression",
    severity: Error,
    explain: "An expression must say something. A rule without a condition has no `where` at all; \
              leave the key out instead of leaving it empty.",
};

/// `expression-too-long`
pub const TOO_LONG: Code = Code {
    code: "RH201",
    name: "expression-too-long",
    severity: Error,
    explain: "An expression holds at most 16 KiB. Such a long one is usually a list that belongs into \
              a closed set of labels, a `map`, or several rules.",
};

/// `nested-too-deep`
pub const TOO_DEEP: Code = Code {
    code: "RH202",
    name: "nested-too-deep",
    severity: Error,
    explain: "Parentheses, signs, `not`s and chains of transforms or of arithmetic nest at most 64 \
              deep, so that reading an expression never exhausts a thread's stack. Chains of `and` and \
              `or` do not nest and may be as long as the text allows.",
};

/// `strange-character`
pub const STRANGE_CHARACTER: Code = Code {
    code: "RH203",
    name: "strange-character",
    severity: Error,
    explain: "A character stands here that begins nothing in this language. Names that hold such \
              characters are written in backticks, texts in quotes.",
};

/// `unterminated-text`
pub const OPEN_TEXT: Code = Code {
    code: "RH204",
    name: "unterminated-text",
    severity: Error,
    explain: "A text in quotes runs to the end of the expression. Close it with the quote it was \
              opened with. Within a text in single quotes a single quote is written twice.",
};

/// `bad-escape`
pub const BAD_ESCAPE: Code = Code {
    code: "RH205",
    name: "bad-escape",
    severity: Error,
    explain: "A text in double quotes knows the escapes \\\" \\\\ \\n \\t and \\u{..} and no others. A \
              text in single quotes has no escapes at all, which suits regular expressions.",
};

/// `unterminated-name`
pub const OPEN_NAME: Code = Code {
    code: "RH206",
    name: "unterminated-name",
    severity: Error,
    explain: "A name in backticks runs to the end of its line, or is empty. Close it with a backtick; \
              a backtick within it is written twice.",
};

/// `bad-number`
pub const BAD_NUMBER: Code = Code {
    code: "RH207",
    name: "bad-number",
    severity: Error,
    explain: "Numbers are decimal: digits, underscores between them, a point and a fraction, an \
              exponent. There are no hexadecimal numbers, and a digit stands on both sides of the \
              point.",
};

/// `unknown-unit`
pub const UNKNOWN_UNIT: Code = Code {
    code: "RH208",
    name: "unknown-unit",
    severity: Error,
    explain: "A number with letters behind it is a duration or a size. Durations know ns us ms s m h d \
              w, sizes B kB MB GB KiB MiB GiB.",
};

/// `spaced-unit`
pub const SPACED_UNIT: Code = Code {
    code: "RH209",
    name: "spaced-unit",
    severity: Error,
    explain: "Number and unit are one word: `5ms`, not `5 ms`. Texts of the program may hold the \
              space, literals of the policy may not.",
};

/// `double-ampersand`
pub const DOUBLE_AMPERSAND: Code = Code {
    code: "RH210",
    name: "double-ampersand",
    severity: Error,
    explain: "Conditions are joined by words here: write `and`.",
};

/// `double-bar`
pub const DOUBLE_BAR: Code = Code {
    code: "RH211",
    name: "double-bar",
    severity: Error,
    explain: "Conditions are joined by words here: write `or`. A single bar passes a value to a \
              transform, as in `path | lower`.",
};

/// `exclamation-mark`
pub const EXCLAMATION: Code = Code {
    code: "RH212",
    name: "exclamation-mark",
    severity: Error,
    explain: "Conditions are turned round by a word here: write `not`.",
};

/// `single-equals`
pub const SINGLE_EQUALS: Code = Code {
    code: "RH213",
    name: "single-equals",
    severity: Error,
    explain: "Nothing is assigned in an expression. Two values are compared by `==`.",
};

/// `foreign-comparison`
pub const FOREIGN_COMPARISON: Code = Code {
    code: "RH214",
    name: "foreign-comparison",
    severity: Error,
    explain: "The comparisons are == != < <= > >=. Other languages write some of them differently, as \
              `===`, `<>` or `=<`.",
};

/// `foreign-operator`
pub const FOREIGN_OPERATOR: Code = Code {
    code: "RH215",
    name: "foreign-operator",
    severity: Error,
    explain: "The arithmetic is + - * / and nothing else. There is no remainder, no power and no bit \
              operation; `=~` and `~` are written `matches`.",
};

/// `stray-dot`
pub const STRAY_DOT: Code = Code {
    code: "RH216",
    name: "stray-dot",
    severity: Error,
    explain: "A dot begins the name of an own field, as in `.name`, or stands within a name, as in \
              `http.route`. A dot that no name follows means nothing.",
};

/// `bare-path`
pub const BARE_PATH: Code = Code {
    code: "RH217",
    name: "bare-path",
    severity: Error,
    explain: "`::` is no operator. A path such as `shop::db` is a text, so it stands in quotes; a \
              field whose name holds `::` stands in backticks.",
};

/// These, in order.
pub(super) const TABLE: &[Code] = &[
    EMPTY,
    TOO_LONG,
    TOO_DEEP,
    STRANGE_CHARACTER,
    OPEN_TEXT,
    BAD_ESCAPE,
    OPEN_NAME,
    BAD_NUMBER,
    UNKNOWN_UNIT,
    SPACED_UNIT,
    DOUBLE_AMPERSAND,
    DOUBLE_BAR,
    EXCLAMATION,
    SINGLE_EQUALS,
    FOREIGN_COMPARISON,
    FOREIGN_OPERATOR,
    STRAY_DOT,
    BARE_PATH,
];
