//! What one worker saw: counts that add up, and nothing estimated.

use std::collections::BTreeMap;
use std::time::Duration;

use super::client::Answer;
use super::report::Trace;

/// Tenant, method, route and status: what requests are counted by.
pub(super) type Key = (&'static str, &'static str, &'static str, u16);

/// One worker's numbers.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: BTreeMap<Key, u64>,
    pub(super) orders: BTreeMap<(&'static str, i64), u64>,
    pub(super) cents_paid: i64,
    pub(super) products_listed: u64,
    pub(super) failures: Vec<String>,
    pub(super) latencies: Vec<Duration>,
    pub(super) traces: Vec<Trace>,
}

impl Tally {
    /// Notes one answered request.
    pub(super) fn answered(&mut self, tenant: &'static str, answer: &Answer) {
        let key = (tenant, answer.method, answer.route, answer.status);
        *self.requests.entry(key).or_default() += 1;
        self.latencies.push(answer.took);
        if let Some(trace_id) = &answer.trace_id {
            self.traces.push(Trace {
                trace_id: trace_id.clone(),
                parent_id: answer.parent_id.clone().unwrap_or_default(),
                method: answer.method.to_owned(),
                route: answer.route.to_owned(),
                status: answer.status,
            });
        }
    }

    /// Notes an order that the shop confirmed.
    pub(super) fn ordered(&mut self, tenant: &'static str, cents: i64) {
        *self.orders.entry((tenant, cents)).or_default() += 1;
    }

    /// Adds another worker's numbers to these.
    pub(super) fn add(&mut self, other: Self) {
        for (key, n) in other.requests {
            *self.requests.entry(key).or_default() += n;
        }
        for (key, n) in other.orders {
            *self.orders.entry(key).or_default() += n;
        }
        self.cents_paid += other.cents_paid;
        self.products_listed += other.products_listed;
        self.failures.extend(other.failures);
        self.latencies.extend(other.latencies);
        self.traces.extend(other.traces);
    }
}
