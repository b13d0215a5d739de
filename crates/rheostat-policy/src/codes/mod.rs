//! Codes: the stable identity of each kind of finding.
//!
//! A code is never reused and never changes its meaning. The tables stand
//! beside the parts that report them; this module is where they meet.

use crate::diagnostic::Severity;

/// One kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable code, such as `RH104`.
    pub code: &'static str,
    /// The stable name, such as `unknown-sink`.
    pub name: &'static str,
    /// How bad it is unless `[lint]` says otherwise.
    pub severity: Severity,
    /// One paragraph: what it means, why it is refused, what to do.
    pub explain: &'static str,
}

/// Understood and checked, but not built yet.
pub const NOT_IN_THIS_BUILD: Code = Code {
    code: "RH900",
    name: "not-in-this-build",
    severity: Severity::Error,
    explain: "The language knows this, and what stands there was checked, but this build cannot do \
              it yet. Take it out, or disable the rule: in a disabled rule this is only a warning.",
};
