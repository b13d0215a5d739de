//! Metrics as OTLP metrics, number by number, as a decoder of the published messages reads them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{Collector, GRPC, OTLP, Program, WAYS};
use rheostat_core::sink::SinkFactory;
use rheostat_sink_otlp::OtlpSinks;
use rheostat_testkit::contract::{self, MetricsPeer};
use rheostat_testkit::real;
use serde_json::{Value, json};

const RULES: &str = r#"
    [defaults]
    const_labels = { env = "test" }
    [metrics.took_seconds]
    kind = "histogram"
    unit = "seconds"
    help = "how long orders take"
    [metrics.size_bytes]
    kind = "histogram"
    unit = "bytes"
    buckets = [10, 100]
    [metrics.change]
    kind = "histogram"
    [metrics.weight_total]
    kind = "counter"
    unit = "grams"
    [[rules]]
    match = { target = "shop", event = "*" }
    count = [{ metric = "orders_total", labels = ["country"] }, { metric = "weight_total", of = "weight" }]
    histogram = [
      { metric = "took_seconds", of = "took" },
      { metric = "size_bytes", of = "size" },
      { metric = "change", of = "change" },
    ]
    gauge = { metric = "depth", of = "depth", labels = ["country"] }
    "#;

fn order(country: &str, took: Duration, number: f64) {
    let took = format!("{took:?}");
    let (weight, size, change) = (number.abs() / 4.0, number.abs() * 10.0, -number);
    tracing::info!(target: "shop", country, took, weight, size, change, depth = number);
}

fn some_orders(program: &Program) {
    program.run(|| {
        order("se", Duration::from_millis(250), 1.0);
        order("de", Duration::from_millis(500), -2.0);
        order("se", Duration::from_millis(1000), 30.0);
    });
    program.flush();
}

fn one_more(program: &Program) {
    program.run(|| order("se", Duration::from_secs(2), 4.0));
    program.flush();
}

/// The points of a metric, of one series where a country is named.
fn of(collector: &Collector, name: &str, country: Option<&str>) -> Vec<Value> {
    let all = collector.points(name).into_iter();
    all.filter(|point| {
        country.is_none_or(|country| point["attributes"]["country"] == json!(["string", country]))
    })
    .collect()
}

/// What each point of a metric has under this name.
fn each(points: &[Value], name: &str) -> Vec<Value> {
    points.iter().map(|point| point[name].clone()).collect()
}

#[test]
fn a_collector_has_each_number_as_a_total() {
    if !real::have("a_collector_has_each_number_as_a_total", &[OTLP, GRPC]) {
        return;
    }
    for way in WAYS {
        let collector = Collector::start();
        let program = Program::new(&collector.keys(way), RULES);
        some_orders(&program);
        one_more(&program);
        collector.assert_right();

        let orders = of(&collector, "orders_total", Some("se"));
        assert_eq!(
            each(&orders, "value"),
            [json!(["int", 2]), json!(["int", 3])]
        );
        assert_eq!(orders[0]["kind"], "sum");
        assert_eq!(orders[0]["monotonic"], true);
        assert_eq!(orders[0]["temporality"], "cumulative");
        assert_eq!(orders[0]["start"], orders[1]["start"], "it goes on");
        assert_eq!(orders[0]["scope"], "rheostat");
        assert_eq!(orders[0]["resource"]["env"], json!(["string", "test"]));
        assert_eq!(orders[0]["attributes"]["env"], json!(["string", "test"]));
        let other = of(&collector, "orders_total", Some("de"));
        assert_eq!(
            each(&other, "value"),
            [json!(["int", 1]), json!(["int", 1])]
        );

        let weight = of(&collector, "weight_total", None);
        assert_eq!(
            each(&weight, "value"),
            [json!(["double", 8.25]), json!(["double", 9.25])]
        );
        assert_eq!(weight[0]["unit"], "g");

        let depth = of(&collector, "depth", Some("de"));
        assert_eq!(depth[0]["value"], json!(["double", -2.0]));
        assert_eq!(
            (&depth[0]["kind"], &depth[0]["start"]),
            (&json!("gauge"), &json!(0))
        );

        let size = of(&collector, "size_bytes", None);
        assert_eq!(size[1]["kind"], "histogram");
        assert_eq!(size[1]["unit"], "By");
        assert_eq!(size[1]["bounds"], json!([10.0, 100.0]));
        assert_eq!(each(&size, "buckets"), [json!([1, 1, 1]), json!([1, 2, 1])]);
        assert_eq!(each(&size, "sum"), [json!(330.0), json!(370.0)]);
        assert_eq!(each(&size, "count"), [json!(3), json!(4)]);

        let took = of(&collector, "took_seconds", None);
        assert_eq!(took[1]["kind"], "exponential_histogram");
        assert_eq!(
            (&took[1]["unit"], &took[1]["description"]),
            (&json!("s"), &json!("how long orders take"))
        );
        // Powers of two are bounds of buckets, so that each stands in the one it is the end of.
        let buckets = json!({ "0.25": 1, "0.5": 1, "1.0": 1, "2.0": 1 });
        assert_eq!(took[1]["buckets"], buckets);
        assert_eq!(
            (&took[1]["count"], &took[1]["sum"]),
            (&json!(4), &json!(3.75))
        );

        let change = of(&collector, "change", None);
        assert_eq!(change[0]["count"], 3);
        assert_eq!(
            change[0]["sum"],
            Value::Null,
            "the protocol wants no sum of what is below zero"
        );
        assert_eq!(change[0]["buckets"]["-1.0"], 1);
        assert_eq!(change[0]["buckets"]["2.0"], 1);
    }
}

#[test]
fn deltas_sum_to_what_happened_whatever_goes_wrong() {
    if !real::have(
        "deltas_sum_to_what_happened_whatever_goes_wrong",
        &[OTLP, GRPC],
    ) {
        return;
    }
    let faults = r#"[{"status": 503, "code": 14}, {"status": 429, "code": 8, "wait": 0.01, "headers": {"Retry-After": "0"}}]"#;
    for way in WAYS {
        let collector = Collector::start();
        let keys = format!("{}temporality = 'delta'\n", collector.keys(way));
        let program = Program::new(&keys, RULES);
        some_orders(&program);
        for _ in 0..3 {
            collector.faults(faults);
            one_more(&program);
        }
        program.flush();
        collector.assert_right();
        let orders = of(&collector, "orders_total", Some("se"));
        assert_eq!(
            each(&orders, "value"),
            [2, 1, 1, 1].map(|count| json!(["int", count]))
        );
        assert_eq!(orders[0]["temporality"], "delta");
        for pair in orders.windows(2) {
            assert!(
                pair[0]["time"].as_u64() <= pair[1]["start"].as_u64(),
                "intervals do not overlap"
            );
        }
        let took = of(&collector, "took_seconds", None);
        let counts: u64 = each(&took, "count").iter().filter_map(Value::as_u64).sum();
        assert_eq!(counts, 6);
        assert_eq!(
            of(&collector, "orders_total", Some("de")).len(),
            1,
            "only what changed"
        );
    }
}

#[test]
fn a_series_that_left_is_said_to_have_no_value() {
    if !real::have("a_series_that_left_is_said_to_have_no_value", &[OTLP, GRPC]) {
        return;
    }
    let collector = Collector::start();
    let program = Program::new(&collector.keys("grpc"), RULES);
    some_orders(&program);
    let others = RULES
        .replace("took_seconds", "new_seconds")
        .replace("size_bytes", "new_bytes")
        .replace("orders_total", "new_total");
    program.apply(&collector.keys("grpc"), &others);
    one_more(&program);
    one_more(&program);
    collector.assert_right();
    for (name, kind, points) in [
        ("orders_total", "sum", 4),
        ("took_seconds", "exponential_histogram", 2),
        ("size_bytes", "histogram", 2),
    ] {
        let all = collector.points(name);
        assert_eq!(
            all.len(),
            points,
            "{name}: its values, and once that it left"
        );
        let gone = all.last().unwrap();
        assert_eq!(
            (&gone["gone"], &gone["kind"]),
            (&json!(true), &json!(kind)),
            "{name}"
        );
    }
    assert_eq!(
        of(&collector, "depth", Some("se")).last().unwrap()["gone"],
        false
    );
}

/// A collector that counts by totals or by deltas.
struct At {
    collector: Collector,
    way: &'static str,
    temporality: &'static str,
}

impl MetricsPeer for At {
    fn keys(&self) -> String {
        let (way, temporality) = (self.way, self.temporality);
        let address = self.collector.at(way);
        format!(
            "type = 'otlp'\nendpoint = 'http://{address}'\nprotocol = '{way}'\ntemporality = '{temporality}'"
        )
    }

    fn counted(&mut self) -> u64 {
        let points = self.collector.points("contract_total");
        let mut values = points.iter().filter_map(|point| point["value"][1].as_u64());
        match self.temporality {
            "delta" => values.sum(),
            _ => values.next_back().unwrap_or(0),
        }
    }

    fn leave(&mut self) {
        self.collector.running.kill();
    }

    fn come_back(&mut self) {
        self.collector.running.start_again();
    }
}

#[test]
fn otlp_keeps_the_contract_for_metrics() {
    if !real::have("otlp_keeps_the_contract_for_metrics", &[OTLP, GRPC]) {
        return;
    }
    for (way, temporality) in [("grpc", "cumulative"), ("http", "delta")] {
        let peer = || At {
            collector: Collector::start(),
            way,
            temporality,
        };
        let sinks: Arc<dyn SinkFactory> = Arc::new(OtlpSinks);
        contract::counts(sinks.clone(), &mut peer());
        contract::lost_metrics_peer(sinks.clone(), &mut peer());
        contract::last_report(sinks.clone(), &mut peer());
    }
}
