//! The features that ten thousand cases must see both ways.

/// Selector keys, operators, transforms, refs and built-ins of the language, but for those that
/// need a trace, a thread's name or the wall clock, which have tests of their own.
pub(crate) const FEATURES: &[&str] = &[
    "key span", "key event", "key target", "key module", "key level", "key file", "key line",
    "key fields", "key !fields", "within", "except",
    "Equal", "NotEqual", "Less", "AtMost", "Greater", "AtLeast",
    "in", "Contains", "StartsWith", "EndsWith", "matches", "has", "not", "and", "or",
    "Add", "Subtract", "Multiply", "Divide", "unary -",
    "| lower", "| upper", "| trim", "| unquote", "| truncate", "| before", "| after", "| last",
    "| capture", "| replace", "| number", "| duration", "| size", "| class", "| default", "| unwrap",
    "name", ".name", "span('x').name",
    "@Level", "@Target", "@Module", "@File", "@Line", "@Name", "@Kind", "@Message", "@Callsite",
    "@Span", "@Elapsed", "@Duration", "@Active", "@Busy", "@Idle", "@Polls", "@Events", "@Error",
];
