//! A sink that takes metrics gets all there are, every `metrics_every`, and what is left at the end.
#![cfg(all(feature = "metrics", unix))]

use std::collections::BTreeMap;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(30);

/// What an agent on a socket was told, summed up.
struct Agent {
    socket: UnixDatagram,
    counters: BTreeMap<String, u64>,
}

impl Agent {
    /// Reads on until a counter has this value.
    fn read_until(&mut self, name: &str, value: u64) {
        let until = Instant::now() + LONG;
        let mut room = [0; 65_536];
        while self.counters.get(name) != Some(&value) {
            assert!(
                Instant::now() < until,
                "{name} is not {value}: {:?}",
                self.counters
            );
            let Ok(read) = self.socket.recv(&mut room) else {
                continue;
            };
            let text = std::str::from_utf8(&room[..read]).expect("lines");
            for line in text.lines() {
                let (name, rest) = line.split_once(':').expect("name:value|kind");
                let Some(count) = rest.strip_suffix("|c") else {
                    continue;
                };
                let count: u64 = count.parse().unwrap_or(0);
                *self.counters.entry(name.to_owned()).or_default() += count;
            }
        }
    }
}

#[test]
fn metrics_of_the_policy_and_of_the_program_reach_a_sink() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("agent");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    let limited = socket.set_read_timeout(Some(Duration::from_millis(50)));
    limited.expect("a read can be limited");
    let mut agent = Agent {
        socket,
        counters: BTreeMap::new(),
    };
    let policy = format!(
        "version = 1\n[sinks.stats]\ntype = \"statsd\"\npath = \"{}\"\nmetrics_every = \"50ms\"\n\
         [[rules]]\nmatch.target = \"shop\"\ncount = {{ metric = \"orders_total\" }}\n",
        path.display()
    );
    let guard = rheostat::builder()
        .policy_text(policy)
        .init()
        .expect("the policy is fine");
    for _ in 0..3 {
        tracing::info!(target: "shop", "order placed");
    }
    metrics::counter!("visits").increment(5);
    agent.read_until("orders_total", 3);
    agent.read_until("visits_total", 5);
    tracing::info!(target: "shop", "order placed");
    let report = guard.shutdown(LONG);
    assert!(report.is_complete(), "{report:?}");
    agent.read_until("orders_total", 4);
}
