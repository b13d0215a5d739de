//! The most memory that parts of the engine can take: known before anything runs.

use std::thread;

use rheostat_policy::CheckedPolicy;

use crate::{capture, flow, limit, spans};

/// How many threads can record without sharing storage: four for each processor of this machine.
///
/// Beyond as many, memory does not grow.
pub fn recording_threads() -> u64 {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    (processors * flow::RINGS_PER_CORE) as u64
}

/// Of the rings of so many threads, and the one that further ones share.
pub fn rings(threads: u64) -> u64 {
    (threads + 1) * flow::RING_BYTES as u64
}

/// Of open spans: their slots, and the fields that they captured.
pub fn open_spans() -> u64 {
    spans::most_bytes()
}

/// Of what each of so many threads keeps for its next record.
pub fn scratch(threads: u64) -> u64 {
    (threads + 1) * capture::KEPT_BYTES as u64
}

/// Of what the limits of a policy remember by key.
pub fn limits(policy: &CheckedPolicy) -> u64 {
    let actions = policy.rules.iter().flat_map(|rule| &rule.actions);
    let max_keys = policy.defaults.max_keys;
    actions
        .map(|action| limit::most_bytes(&action.limits, max_keys))
        .sum()
}
