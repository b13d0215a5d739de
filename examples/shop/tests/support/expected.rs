//! What a run must have caused, worked out from the load generator's report.

use std::collections::BTreeMap;

use shop::load::{Report, RequestCount};

/// Every query of a run by its first word, for requests as they were answered.
pub(crate) fn queries(report: &Report) -> BTreeMap<String, u64> {
    let mut sum = BTreeMap::new();
    for request in &report.requests {
        for (verb, times) in queries_of(request) {
            *sum.entry((*verb).to_owned()).or_default() += times * request.count;
        }
    }
    sum
}

/// The queries of one request.
fn queries_of(request: &RequestCount) -> &'static [(&'static str, u64)] {
    match (
        request.method.as_str(),
        request.route.as_str(),
        request.status,
    ) {
        ("GET", "/products", 200) | ("GET", "/products/{id}", 200 | 404) => &[("select", 1)],
        ("POST", "/orders", 201) => &[("select", 1), ("update", 1), ("insert", 1)],
        // Out of stock, or no such product: found out inside the transaction.
        ("POST", "/orders", 404 | 409) => &[("select", 1)],
        ("POST", "/orders/{id}/checkout", 200) => &[("select", 1), ("update", 1)],
        ("POST", "/orders/{id}/checkout", 402) => &[("select", 1)],
        // Unhealthy prices, nonsense, and what needs no database.
        _ => &[],
    }
}
