//! Whether a span is recorded, decided when it begins.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

use crate::shipped::Shipped;

/// What the tracer knows when it lets a span begin; it travels to the sampler in the parent's context.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// A local root: its action's ratio and limits decide, once the trace id is known.
    Root(Arc<Shipped>),
    /// Decided already: by the local root, or by a remote parent.
    Given {
        /// Whether the trace is sampled.
        sampled: bool,
        /// Whether what is not sampled is recorded all the same.
        record: bool,
    },
}

/// The sampler that does what the tracer chose.
#[derive(Clone)]
pub(crate) struct ByChoice;

impl ShouldSample for ByChoice {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        _name: &str,
        _kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let (sampled, record) = match parent.and_then(Context::get::<Choice>) {
            Some(Choice::Root(root)) => (root.is_sampled_root(trace), root.shipping.keeps),
            Some(Choice::Given { sampled, record }) => (*sampled, *record),
            None => (false, false),
        };
        SamplingResult {
            decision: match (sampled, record) {
                (true, _) => SamplingDecision::RecordAndSample,
                (false, true) => SamplingDecision::RecordOnly,
                (false, false) => SamplingDecision::Drop,
            },
            attributes: Vec::new(),
            trace_state: parent
                .map(|parent| parent.span().span_context().trace_state().clone())
                .unwrap_or_default(),
        }
    }
}

impl fmt::Debug for ByChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByChoice")
    }
}

/// Whether a trace is in the share: the rule of OpenTelemetry's own ratio sampler, so that services which
/// share a ratio agree without asking each other.
pub(crate) fn is_sampled(trace: TraceId, ratio: f64) -> bool {
    if ratio >= 1.0 {
        return true;
    }
    let [.., a, b, c, d, e, f, g, h] = trace.to_bytes();
    let low = u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1;
    let bound = ratio.max(0.0) * (1_u64 << 63) as f64;
    (low as f64) < bound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> TraceId {
        // Spread over all 64 bits, as random ids are.
        TraceId::from(u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    #[test]
    fn the_share_of_sampled_traces_is_the_ratio() {
        let sampled = (0..100_000).filter(|n| is_sampled(id(*n), 0.05)).count();
        assert!((4_800..5_200).contains(&sampled), "{sampled}");
    }

    #[test]
    fn a_trace_in_a_share_is_in_every_larger_share() {
        for n in 0..10_000 {
            assert!(!is_sampled(id(n), 0.1) || is_sampled(id(n), 0.3));
        }
    }

    #[test]
    fn all_and_none_are_exact() {
        assert!((0..10_000).all(|n| is_sampled(id(n), 1.0)));
        assert!(!(0..10_000).any(|n| is_sampled(id(n), 0.0)));
    }
}
