//! The most memory of the metrics of a policy.

use rheostat_metrics::{Circumstances, MetricBound};
use rheostat_policy::CheckedPolicy;

use crate::memory::{Bytes, MemoryPart};

/// Each metric's series, and a page that shows all of them.
pub(crate) fn most_memory(policy: &CheckedPolicy, threads: u64) -> Vec<MemoryPart> {
    let actions = || policy.rules.iter().flat_map(|rule| &rule.actions);
    let at = Circumstances {
        threads,
        max_label: policy.defaults.max_label,
        traces: actions().any(|action| action.name == "trace"),
    };
    let metrics = || policy.metrics.iter();
    let bounds = || metrics().map(|metric| (metric, MetricBound::of(metric, at)));
    let mut parts: Vec<MemoryPart> = bounds()
        .map(|(metric, bound)| {
            let how = format!(
                "{} series of {}, of that {} in {} banks",
                bound.series,
                Bytes(bound.each),
                Bytes(bound.cells),
                threads + 1
            );
            MemoryPart::new("series", bound.bytes(), how).of(&metric.name)
        })
        .collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    let page = bounds().map(|(_, bound)| bound.page_bytes()).sum();
    parts.push(MemoryPart::new(
        "scrape",
        page,
        "one page of all series while it is made",
    ));
    parts
}
