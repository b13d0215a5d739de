//! The peers on the same job, each set up as its own documentation says.

mod lines;
mod metrics;
mod spans;

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = metrics::cases();
    cases.extend(spans::cases());
    cases.extend(lines::cases());
    cases
}
