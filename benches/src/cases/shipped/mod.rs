//! Spans that are shipped over OTLP: measured where that is linked.

#[cfg_attr(feature = "service", path = "on.rs")]
#[cfg_attr(not(feature = "service"), path = "off.rs")]
mod policy;

use crate::cases::{Case, calls, case};
use crate::harness::sibling::Program;

pub(super) fn cases() -> Vec<Case> {
    let shipped = case(
        "span",
        "rheostat span shipped to OTLP",
        policy::install,
        calls::span,
    );
    vec![Case {
        program: Program::Service,
        ..shipped
    }]
}
