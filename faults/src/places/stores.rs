//! Stores over HTTP, and stand-ins for those that cannot be had.

use std::path::Path;

use rheostat_testkit::real::ask::{escaped, must};
use rheostat_testkit::real::{Running, servers};
use serde_json::Value;

use crate::place::Place;

/// A store: its keys, and how it is asked.
pub(crate) struct Store {
    running: Running,
    keys: fn(&str) -> String,
    asked: Asked,
    /// What it had before it was killed, where it forgets that.
    kept: Vec<u64>,
    kept_counts: Vec<(u64, u64)>,
}

/// How it tells what arrived.
#[derive(Clone, Copy)]
enum Asked {
    ClickHouse,
    InfluxDb,
    /// A stand-in of ours, which forgets everything when it ends.
    Numbers,
    Points,
    Prometheus,
}

fn store(running: Running, asked: Asked, keys: fn(&str) -> String) -> Box<dyn Place> {
    Box::new(Store {
        running,
        keys,
        asked,
        kept: Vec::new(),
        kept_counts: Vec::new(),
    })
}

fn stand_in(name: &str) -> Running {
    let scripts =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/rheostat-sink-http/tests/py");
    servers::script(&scripts.join(name))
}

pub(crate) fn clickhouse() -> Box<dyn Place> {
    let running = servers::clickhouse();
    running.sql(
        "CREATE TABLE events (time DateTime, kind String, number UInt64) ENGINE = MergeTree() ORDER BY tuple()",
    );
    store(running, Asked::ClickHouse, |at| {
        format!(
            "type = 'clickhouse'\nurl = 'http://{at}'\ntable = 'events'\ncolumns = {{ number = 'UInt64' }}"
        )
    })
}

pub(crate) fn elasticsearch() -> Box<dyn Place> {
    store(stand_in("elasticsearch.py"), Asked::Numbers, |at| {
        format!(
            "type = 'elasticsearch'\nurl = 'http://{at}'\nindex = 'events'\n\
             headers = {{ authorization = 'Basic am9lOmNhbmFyeQ==' }}"
        )
    })
}

pub(crate) fn influxdb_1() -> Box<dyn Place> {
    let running = servers::influxdb();
    must(
        &running.address,
        "POST",
        &format!("/query?q={}", escaped("CREATE DATABASE shop")),
        "",
    );
    store(running, Asked::InfluxDb, |at| {
        format!("type = 'influxdb'\nurl = 'http://{at}'\nbucket = 'shop'\nmeasurement = 'events'")
    })
}

pub(crate) fn influxdb_2() -> Box<dyn Place> {
    store(stand_in("influxdb2.py"), Asked::Numbers, |at| {
        format!(
            "type = 'influxdb'\nurl = 'http://{at}'\nbucket = 'shop'\norg = 'ops'\nmeasurement = 'events'\n\
             headers = {{ authorization = 'Token canary' }}"
        )
    })
}

pub(crate) fn opentsdb() -> Box<dyn Place> {
    store(stand_in("opentsdb.py"), Asked::Points, |at| {
        format!("type = 'opentsdb'\nurl = 'http://{at}'")
    })
}

pub(crate) fn remote_write() -> Box<dyn Place> {
    store(servers::prometheus(), Asked::Prometheus, |at| {
        format!("type = 'prometheus_remote_write'\nurl = 'http://{at}/api/v1/write'")
    })
}

impl Store {
    fn get(&self, path: &str) -> String {
        must(&self.running.address, "GET", path, "")
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path)).expect("it answers in JSON")
    }

    /// The points of one run, or all, as run and amount.
    fn points(&self) -> Vec<(u64, u64)> {
        let points = self.json("/points");
        let points = points.as_array().into_iter().flatten();
        let of = |point: &Value| {
            let run = point["tags"]["run"].as_str()?.parse().ok()?;
            (point["metric"] == "faults_total").then(|| Some((run, point["value"].as_u64()?)))?
        };
        points.filter_map(of).collect()
    }
}

impl Place for Store {
    fn address(&self) -> Option<String> {
        Some(self.running.address.clone())
    }

    fn keys(&self, at: &str) -> String {
        (self.keys)(at)
    }

    fn server(&mut self) -> Option<&mut Running> {
        Some(&mut self.running)
    }

    fn arrived(&mut self) -> Vec<u64> {
        let mut arrived = self.kept.clone();
        let text = match self.asked {
            Asked::ClickHouse => {
                // With more threads than one they would be read in another order than they came.
                let query = "SELECT number FROM events WHERE kind != 'gap' FORMAT TabSeparated";
                must(&self.running.address, "POST", "/?max_threads=1", query)
            }
            Asked::InfluxDb => {
                let query = escaped("SELECT number FROM events");
                let path = format!("/query?db=shop&chunked=true&epoch=ns&q={query}");
                return influx_numbers(&self.get(&path));
            }
            Asked::Numbers => self.get("/numbers"),
            Asked::Points | Asked::Prometheus => return Vec::new(),
        };
        arrived.extend(text.lines().filter_map(|line| line.parse::<u64>().ok()));
        arrived
    }

    fn has_an_order(&self) -> bool {
        // InfluxDB keeps points by time.
        !matches!(self.asked, Asked::InfluxDb)
    }

    fn counted(&mut self, run: u64) -> u64 {
        match self.asked {
            Asked::Points => {
                let points = self.points();
                let all = self.kept_counts.iter().chain(&points);
                all.filter(|(of, _)| *of == run)
                    .map(|(_, amount)| amount)
                    .sum()
            }
            Asked::Prometheus => {
                let query = format!("last_over_time(faults_total{{run=\"{run}\"}}[1h])");
                let answer = self.json(&format!("/api/v1/query?query={}", escaped(&query)));
                let value = answer["data"]["result"][0]["value"][1].as_str();
                value.and_then(|value| value.parse().ok()).unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn kill(&mut self) {
        match self.asked {
            Asked::Numbers => self.kept = self.arrived(),
            Asked::Points => self.kept_counts.extend(self.points()),
            _ => {}
        }
        self.running.kill();
    }
}

/// `[time,number]` of each row, in chunks of rows.
fn influx_numbers(text: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let answer: Value = serde_json::from_str(line).expect("InfluxDB answers in JSON");
        let series = answer["results"][0]["series"].as_array();
        for one in series.into_iter().flatten() {
            let rows = one["values"].as_array().into_iter().flatten();
            numbers.extend(rows.filter_map(|row| row[1].as_u64()));
        }
    }
    numbers
}
