//! Real servers, each of a test's own, and what they hold.

use std::path::Path;

use rheostat_testkit::real::{self, Need, eventually};
use serde_json::Value;

use super::ask::{escaped, must};

pub use rheostat_testkit::real::Running;
pub use rheostat_testkit::real::servers::*;

pub const CHDB: Need = Need::Module("chdb", "chdb");

/// A server in Python, of `tests/py`.
pub fn script(name: &str) -> Running {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/py");
    real::servers::script(&script.join(name))
}

/// What VictoriaMetrics holds of the series that match, as soon as there are so
/// many: name, labels and value of each, in order of their names.
pub fn exported(address: &str, matching: &str, series: usize) -> Vec<(String, Value, f64)> {
    let path = format!("/api/v1/export?match[]={}", escaped(matching));
    let mut found = Vec::new();
    eventually("VictoriaMetrics has all series", || {
        must(address, "GET", "/internal/force_flush", "");
        let text = must(address, "GET", &path, "");
        found = text.lines().map(one_series).collect();
        found.len() >= series
    });
    found.sort_by_key(|(name, labels, _)| (name.clone(), labels.to_string()));
    found
}

fn one_series(line: &str) -> (String, Value, f64) {
    let mut line: Value = serde_json::from_str(line).expect("it exports JSON");
    let value = line["values"][0].as_f64().expect("a value is a number");
    let mut labels = line["metric"].take();
    let name = labels["__name__"].take();
    (name.as_str().unwrap_or_default().to_owned(), labels, value)
}
