//! The operators as the reference lists them: spelling, one line, an example.

/// One operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorDef {
    /// How it is written.
    pub text: &'static str,
    /// One line: when it holds, or what it gives.
    pub doc: &'static str,
    /// An expression that uses it, which parses.
    pub example: &'static str,
}

const fn def(text: &'static str, doc: &'static str, example: &'static str) -> OperatorDef {
    OperatorDef { text, doc, example }
}

/// All of them, the tightest first; those of one row bind alike.
pub const OPERATORS: [&[OperatorDef]; 8] = [
    &[def(
        "|",
        "passes a value to a transform",
        "method | lower == 'get'",
    )],
    &[def("-", "turns the sign of what follows", "delta < -5")],
    &[
        def("*", "times", "elapsed_secs * 1000 > 100"),
        def(
            "/",
            "divided by; missing when that is 0",
            "@busy / @duration > 0.9",
        ),
    ],
    &[
        def("+", "plus", "sent + received > 1MiB"),
        def("-", "minus, with a space on both sides", "high - low > 10"),
    ],
    &[
        def("==", "both are equal", "tenant == 'acme'"),
        def("!=", "exactly the opposite of `==`", "uri != '/health'"),
        def("<", "less, of two numbers or two durations", "rows < 10"),
        def("<=", "at most", "body <= 1KiB"),
        def(">", "more", "@duration > 100ms"),
        def(">=", "at least", "status >= 500"),
        def("in", "equal to one in the list", "status in [404, 410]"),
        def(
            "contains",
            "the text holds that one",
            "@message contains 'timeout'",
        ),
        def(
            "starts_with",
            "the text begins with that one",
            "path starts_with '/api'",
        ),
        def(
            "ends_with",
            "the text ends with that one",
            "path ends_with '.json'",
        ),
        def(
            "matches",
            "the regular expression matches somewhere in the text",
            "path matches '^/v[0-9]+/'",
        ),
    ],
    &[def("not", "turns a condition round", "not @error")],
    &[def(
        "and",
        "both hold",
        "status >= 500 and tenant == 'acme'",
    )],
    &[def(
        "or",
        "one of them holds",
        "elapsed > 100ms or rows > 10_000",
    )],
];
