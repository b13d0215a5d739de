//! What a run must have caused, worked out from the load generator's report.

use std::collections::BTreeMap;

use shop::load::{Report, RequestCount};

/// A sample: its name, its labels, its value.
pub(crate) type Sample = (&'static str, Vec<(&'static str, String)>, f64);

/// The bounds that the policy declares for `shop_order_cents`.
pub(crate) const ORDER_BOUNDS: [i64; 6] = [200, 500, 1000, 2000, 5000, 10_000];

/// Every sample that follows from the report.
pub(crate) fn all(report: &Report) -> Vec<Sample> {
    let mut samples = requests(report);
    samples.extend(database(report));
    samples.extend(orders(report));
    samples.extend(refusals(report));
    samples
}

fn requests(report: &Report) -> Vec<Sample> {
    let mut counts = Counts::default();
    for request in &report.requests {
        let (method, status) = (request.method.as_str(), request.status.to_string());
        let class = format!("{}xx", request.status / 100);
        counts.add(
            "http_requests_total",
            &[
                ("method", method),
                ("status", &status),
                ("route", &request.route),
            ],
            request.count,
        );
        counts.add(
            "http_request_duration_seconds_count",
            &[("method", method), ("class", &class)],
            request.count,
        );
        if request.status >= 500 {
            counts.add("http_failures_total", &[("status", &status)], request.count);
        }
        if request.status == 400 {
            counts.add(
                "http_rejections_total",
                &[("reason", "FailedToDeserializeQueryString")],
                request.count,
            );
        }
    }
    counts.into_samples()
}

fn database(report: &Report) -> Vec<Sample> {
    let mut counts = Counts::default();
    for (verb, times) in queries(report) {
        counts.add("db_query_duration_seconds_count", &[("verb", &verb)], times);
    }
    counts.into_samples()
}

fn orders(report: &Report) -> Vec<Sample> {
    let mut counts = Counts::default();
    for order in &report.orders {
        let tenant = [("tenant", order.tenant.as_str())];
        counts.add("shop_orders_total", &tenant, order.count);
        counts.add(
            "shop_revenue_cents_total",
            &tenant,
            order.cents.unsigned_abs() * order.count,
        );
    }
    let placed = report.orders(|_| true);
    counts.add("shop_orders_placed_total", &[], placed);
    counts.add("shop_order_cents_count", &[], placed);
    counts.add("shop_order_cents_bucket", &[("le", "+Inf")], placed);
    for bound in ORDER_BOUNDS {
        let below = report.orders(|order| order.cents <= bound);
        counts.add(
            "shop_order_cents_bucket",
            &[("le", &bound.to_string())],
            below,
        );
    }
    let revenue = report.cents(|_| true);
    counts.add("shop_order_cents_sum", &[], revenue.unsigned_abs());
    counts.add(
        "shop_owed_cents",
        &[],
        (revenue - report.cents_paid).unsigned_abs(),
    );
    counts.into_samples()
}

fn refusals(report: &Report) -> Vec<Sample> {
    let mut counts = Counts::default();
    for request in &report.requests {
        let (route, reason) = match (
            request.method.as_str(),
            request.route.as_str(),
            request.status,
        ) {
            ("GET", "/products/{id}", 404) => ("get_product", "no such product"),
            ("POST", "/orders", 404) => ("place_order", "no such product"),
            ("POST", "/orders", 502) => ("place_order", "no price from the pricing service"),
            ("POST", "/orders/{id}/checkout", 402) => ("checkout", "card declined"),
            // Out of stock says how many are left, which the report does not know.
            _ => continue,
        };
        counts.add(
            "shop_refusals_total",
            &[("route", route), ("reason", reason)],
            request.count,
        );
    }
    counts.into_samples()
}

/// How many requests a handler refused, for whatever reason. Nonsense does
/// not get as far as a handler.
pub(crate) fn refused(report: &Report) -> u64 {
    report.count(|request| request.status > 400)
}

/// What Prometheus answers for a quantile of the orders' prices: linear
/// within the bucket that holds the rank.
pub(crate) fn order_quantile(report: &Report, quantile: f64) -> f64 {
    let rank = quantile * report.orders(|_| true) as f64;
    let mut below = (0.0, 0.0);
    for bound in ORDER_BOUNDS {
        let count = report.orders(|order| order.cents <= bound) as f64;
        if count >= rank {
            let share = (rank - below.1) / (count - below.1);
            return below.0 + (bound as f64 - below.0) * share;
        }
        below = (bound as f64, count);
    }
    below.0
}

/// How many lines a debug log of one tenant has.
pub(crate) fn debug_lines(report: &Report, tenant: &str) -> u64 {
    let of_tenant = report
        .requests
        .iter()
        .filter(|request| request.tenant == tenant);
    of_tenant
        .map(|request| request.count * debug_events_of(request))
        .sum()
}

/// The events of the shop inside one request, at DEBUG and above.
fn debug_events_of(request: &RequestCount) -> u64 {
    match (
        request.method.as_str(),
        request.route.as_str(),
        request.status,
    ) {
        ("GET", "/products", 200) => 2,
        ("GET", "/products/{id}", 404) => 1,
        ("POST", "/orders", 201) => 3,
        ("POST", "/orders", 404 | 409 | 502) => 2,
        ("POST", "/orders/{id}/checkout", 200) => 1,
        ("POST", "/orders/{id}/checkout", 402) => 2,
        _ => 0,
    }
}

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

/// Counts by name and labels.
#[derive(Default)]
struct Counts(BTreeMap<Series, u64>);

/// A name and labels.
type Series = (&'static str, Vec<(&'static str, String)>);

impl Counts {
    fn add(&mut self, name: &'static str, labels: &[(&'static str, &str)], count: u64) {
        let labels = labels
            .iter()
            .map(|(label, value)| (*label, (*value).to_owned()))
            .collect();
        *self.0.entry((name, labels)).or_default() += count;
    }

    fn into_samples(self) -> Vec<Sample> {
        self.0
            .into_iter()
            .map(|((name, labels), count)| (name, labels, count as f64))
            .collect()
    }
}
