//! The load generator's report, which is all it prints.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tally::Tally;

/// Everything the load generator knows about its own run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Requests that were answered, by tenant, method, route and status.
    pub requests: Vec<RequestCount>,
    /// Requests that were answered.
    pub answered: u64,
    /// Visits cut short because a request got no answer.
    pub failed: u64,
    /// What was in the way of each of them.
    pub failures: Vec<String>,
    /// Visits that were left when the time was over.
    pub left: u64,
    /// Orders that the shop confirmed, by tenant and price.
    pub orders: Vec<OrderCount>,
    /// What was paid for all of them together.
    pub cents_paid: i64,
    /// Products in all lists together.
    pub products_listed: u64,
    /// How long answers took, seen from here.
    pub latency: Latency,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// One entry per request, if each carried a `traceparent`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<Trace>,
}

/// How often one kind of request had one kind of answer.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct RequestCount {
    /// What was sent as `x-tenant`.
    pub tenant: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The route as the shop declares it.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
    /// How often.
    pub count: u64,
}

/// How often one tenant placed an order of one price.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct OrderCount {
    /// What was sent as `x-tenant`.
    pub tenant: String,
    /// What the order costs.
    pub cents: i64,
    /// How often.
    pub count: u64,
}

/// How long answers took, in seconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Latency {
    /// The fastest.
    pub min: f64,
    /// Half were faster.
    pub p50: f64,
    /// All but one in a hundred were faster.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
    /// All together.
    pub sum: f64,
}

/// The trace that one request began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trace {
    /// 32 hex digits.
    pub trace_id: String,
    /// The span id that was sent as the caller's, 16 hex digits.
    pub parent_id: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The route as the shop declares it.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
}

impl Report {
    pub(super) fn new(mut tally: Tally, left: u64, took: Duration) -> Self {
        let requests: Vec<RequestCount> = tally
            .requests
            .iter()
            .map(|(&(tenant, method, route, status), &count)| RequestCount {
                tenant: tenant.to_owned(),
                method: method.to_owned(),
                route: route.to_owned(),
                status,
                count,
            })
            .collect();
        Self {
            answered: requests.iter().map(|request| request.count).sum(),
            requests,
            failed: tally.failures.len() as u64,
            failures: std::mem::take(&mut tally.failures),
            left,
            orders: tally
                .orders
                .iter()
                .map(|(&(tenant, cents), &count)| OrderCount {
                    tenant: tenant.to_owned(),
                    cents,
                    count,
                })
                .collect(),
            cents_paid: tally.cents_paid,
            products_listed: tally.products_listed,
            latency: Latency::of(&mut tally.latencies),
            seconds: took.as_secs_f64(),
            traces: tally.traces,
        }
    }

    /// How many orders `wanted` holds for.
    pub fn orders(&self, wanted: impl Fn(&OrderCount) -> bool) -> u64 {
        self.orders
            .iter()
            .filter(|order| wanted(order))
            .map(|order| order.count)
            .sum()
    }

    /// What all orders cost that `wanted` holds for.
    pub fn cents(&self, wanted: impl Fn(&OrderCount) -> bool) -> i64 {
        let chosen = self.orders.iter().filter(|order| wanted(order));
        chosen
            .map(|order| order.cents * order.count.cast_signed())
            .sum()
    }

    /// How many answered requests `wanted` holds for.
    pub fn count(&self, wanted: impl Fn(&RequestCount) -> bool) -> u64 {
        self.requests
            .iter()
            .filter(|request| wanted(request))
            .map(|request| request.count)
            .sum()
    }
}

impl Latency {
    fn of(all: &mut [Duration]) -> Self {
        all.sort_unstable();
        let (Some(first), Some(last)) = (all.first(), all.last()) else {
            return Self::default();
        };
        let at = |share: usize| all[(all.len() - 1) * share / 100].as_secs_f64();
        Self {
            min: first.as_secs_f64(),
            p50: at(50),
            p99: at(99),
            max: last.as_secs_f64(),
            sum: all.iter().map(Duration::as_secs_f64).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_ranked_not_averaged() {
        let mut all: Vec<Duration> = (1..=100).rev().map(Duration::from_secs).collect();
        let latency = Latency::of(&mut all);
        assert_eq!(
            (latency.min, latency.p50, latency.p99, latency.max),
            (1.0, 50.0, 99.0, 100.0)
        );
        assert_eq!(latency.sum, 5050.0);
    }

    #[test]
    fn a_run_without_answers_has_a_report() {
        let report = Report::new(Tally::default(), 3, Duration::ZERO);
        assert_eq!((report.answered, report.left), (0, 3));
    }
}
