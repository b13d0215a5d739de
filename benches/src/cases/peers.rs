//! The peers on the same job, each set up as its own documentation says.

mod layers;
mod lines;
mod metrics;
mod spans;

use super::Case;

pub(super) use layers::Plain;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = metrics::cases();
    cases.extend(spans::cases());
    cases.extend(lines::cases());
    cases.extend(layers::cases());
    cases
}
