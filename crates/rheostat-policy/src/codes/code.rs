//! One kind of finding, and how one is looked up.

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

const fn of(
    severity: Severity,
    code: &'static str,
    name: &'static str,
    explain: &'static str,
) -> Code {
    Code {
        code,
        name,
        severity,
        explain,
    }
}

pub(crate) const fn error(code: &'static str, name: &'static str, explain: &'static str) -> Code {
    of(Severity::Error, code, name, explain)
}

pub(crate) const fn warning(code: &'static str, name: &'static str, explain: &'static str) -> Code {
    of(Severity::Warning, code, name, explain)
}

pub(crate) const fn note(code: &'static str, name: &'static str, explain: &'static str) -> Code {
    of(Severity::Note, code, name, explain)
}

/// Understood and checked, but not built yet.
pub const NOT_IN_THIS_BUILD: Code = error(
    "RH900",
    "not-in-this-build",
    "The language knows this, and what stands there was checked, but this build cannot do it yet. \
     Take it out, or disable the rule: in a disabled rule this is only a warning.",
);

/// Every code, in order.
pub fn all() -> Vec<Code> {
    let mut all: Vec<Code> = [
        super::file::ALL,
        super::structure::ALL,
        super::selectors::ALL,
        super::metrics::ALL,
        super::sinks::ALL,
        super::live::ALL,
        super::analysis::ALL,
        &[NOT_IN_THIS_BUILD],
    ]
    .concat();
    all.extend(crate::expr::codes::TABLES.iter().flat_map(|table| *table));
    all.sort_by_key(|code| code.code);
    all
}

/// The code with this code or this name.
pub fn find(code_or_name: &str) -> Option<Code> {
    all()
        .into_iter()
        .find(|code| code.code == code_or_name || code.name == code_or_name)
}
