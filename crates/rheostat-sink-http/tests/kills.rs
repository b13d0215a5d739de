//! A program is killed three times while it fires; what its queue had accepted arrives, in order.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::Program;
use common::ask::{escaped, must};
use common::servers::{self, CLICKHOUSE, INFLUXDB};
use rheostat_testkit::real::{self, Need, eventually};
use serde_json::Value;

const RUNS: u64 = 3;
const OF_RUN: u64 = 1_000_000_000;
const ROLE: &str = "RHEOSTAT_KILL_CHILD";
const PYTHON: Need = Need::Module("http.server", "python3");
const RULE: &str =
    "[[rules]]\nname = 'r'\nmatch = { target = 'killed' }\nstream = { sink = 's' }\n";

#[test]
fn clickhouse_gets_all_that_was_accepted() {
    const NAME: &str = "clickhouse_gets_all_that_was_accepted";
    if is_child() || !real::have("kills: clickhouse", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    server.sql("CREATE TABLE events (time DateTime, kind String, number UInt64) ENGINE = Log");
    let keys = format!(
        "type = 'clickhouse'\nurl = 'http://{}'\ntable = 'events'\ncolumns = {{ number = 'UInt64' }}",
        server.address
    );
    let accepted = kill_three_times(NAME, &keys);
    // With more threads than one they would be read in another order than they came.
    let query = "SELECT number FROM events FORMAT TabSeparated";
    let text = must(&server.address, "POST", "/?max_threads=1", query);
    compare(&accepted, text.lines().map(|line| line.parse().unwrap()));
}

#[test]
fn elasticsearch_gets_all_that_was_accepted() {
    const NAME: &str = "elasticsearch_gets_all_that_was_accepted";
    if is_child() || !real::have("kills: elasticsearch", &[PYTHON]) {
        return;
    }
    let server = servers::script("elasticsearch.py");
    let keys = format!(
        "type = 'elasticsearch'\nurl = 'http://{}'\nindex = 'events'\n\
         headers = {{ authorization = 'Basic am9lOmNhbmFyeQ==' }}",
        server.address
    );
    let accepted = kill_three_times(NAME, &keys);
    let docs: Value = serde_json::from_str(&must(&server.address, "GET", "/docs", "")).unwrap();
    let docs = docs.as_array().unwrap().iter();
    let numbers: Vec<u64> = docs
        .map(|doc| doc["doc"]["fields"]["number"].as_u64().unwrap())
        .collect();
    let different: BTreeSet<u64> = numbers.iter().copied().collect();
    assert_eq!(
        different.len(),
        numbers.len(),
        "a document that was there already is not made again"
    );
    compare(&accepted, numbers.into_iter());
}

#[test]
fn influxdb_gets_all_that_was_accepted() {
    const NAME: &str = "influxdb_gets_all_that_was_accepted";
    if is_child() || !real::have("kills: influxdb", &[INFLUXDB]) {
        return;
    }
    let server = servers::influxdb();
    let keys = format!(
        "type = 'influxdb'\nurl = 'http://{}'\nbucket = 'shop'\ncreate = true\nmeasurement = 'events'",
        server.address
    );
    let accepted = kill_three_times(NAME, &keys);
    let path = format!("/query?db=shop&q={}", escaped("SELECT number FROM events"));
    let answer: Value = serde_json::from_str(&must(&server.address, "GET", &path, "")).unwrap();
    let values = answer["results"][0]["series"][0]["values"]
        .as_array()
        .unwrap();
    // It keeps points by time, so in which order they came it cannot tell.
    let numbers: BTreeSet<u64> = values.iter().map(|row| row[1].as_u64().unwrap()).collect();
    assert_eq!(
        numbers.len(),
        values.len(),
        "a point that was there already is the same point"
    );
    compare(&accepted, numbers.into_iter());
}

/// Whatever was accepted came, and what came first of each run came in order, without a hole.
fn compare(accepted: &[u64], arrived: impl Iterator<Item = u64>) {
    let mut next = vec![0; accepted.len()];
    for number in arrived {
        let (run, count) = ((number / OF_RUN) as usize, number % OF_RUN);
        // One below was there already: it was sent again, and the server cannot tell.
        assert!(
            count <= next[run],
            "run {run}: {count} came before {}",
            next[run]
        );
        if count == next[run] {
            next[run] += 1;
        }
    }
    for (run, (came, accepted)) in next.iter().zip(accepted).enumerate() {
        assert!(
            came >= accepted,
            "run {run}: {accepted} were accepted, {came} came"
        );
        assert!(*accepted > 0);
    }
}

/// Gives for each run how many records were accepted for sure.
fn kill_three_times(name: &str, keys: &str) -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("keys"), keys).unwrap();
    let mut random = u64::from(std::process::id());
    for run in 0..RUNS {
        let mut child = start(name, folder, &run.to_string());
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let some = (random >> 33) % 5_000;
        eventually("the child fires", || {
            assert!(
                child.try_wait().unwrap().is_none(),
                "the child ended by itself"
            );
            accepted(folder, run) > some
        });
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut last = start(name, folder, "deliver");
    assert!(last.wait().unwrap().success(), "what was left is delivered");
    (0..RUNS).map(|run| accepted(folder, run)).collect()
}

fn accepted(folder: &Path, run: u64) -> u64 {
    let text = fs::read_to_string(folder.join(format!("accepted-{run}"))).unwrap_or_default();
    // A last line without an end was being written when the program was killed.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .last()
        .and_then(|line| line.parse().ok())
        .unwrap_or(0)
}

fn start(name: &str, folder: &Path, role: &str) -> Child {
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new(this);
    command.args(["--exact", name, "--nocapture"]);
    command.env(ROLE, format!("{role} {}", folder.display()));
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// In a child: fires until it is killed, or delivers what others left.
fn is_child() -> bool {
    let Ok(role) = std::env::var(ROLE) else {
        return false;
    };
    let (role, folder) = role.split_once(' ').unwrap();
    let folder = Path::new(folder);
    let keys = fs::read_to_string(folder.join("keys")).unwrap();
    let spool = folder.join("spool");
    let more = format!(
        "only = ['events']\nretry = {{ first = '2ms', max = '20ms' }}\nbatch = {{ records = 500, every = '5ms' }}\n\
         buffer = {{ memory = '256KiB', disk = '1GiB', dir = '{}', fsync = '1s' }}",
        spool.display()
    );
    let program = Program::new(&format!("{keys}\n{more}"), RULE);
    let Ok(run) = role.parse::<u64>() else {
        program.flush();
        return true;
    };
    let mut notes = fs::File::create(folder.join(format!("accepted-{run}"))).unwrap();
    for count in 0.. {
        program.run(
            || tracing::info!(target: "killed", number = run * OF_RUN + count, "order placed"),
        );
        if count % 100 == 99 {
            program.kit.drain();
            use std::io::Write as _;
            writeln!(notes, "{}", count + 1).unwrap();
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
    true
}
