//! `statsd`, against the daemon that gave the protocol its name, and against collectd.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rheostat_sink_local::StatsdSinks;
use rheostat_testkit::real::{self, Need, Server, eventually, free_port};
use rheostat_testkit::{Kit, Mount};
use tempfile::TempDir;
use tracing::dispatcher::{self, Dispatch};

const LONG: Duration = Duration::from_secs(30);

/// What each program here does: some counters, gauges and a distribution.
const RULES: &str = r#"
    [metrics.took_seconds]
    kind = "histogram"
    buckets = [0.1, 1, 10]
    [[rules]]
    match = { target = "shop", event = "*" }
    count = { metric = "orders_total", labels = ["country"] }
    histogram = { metric = "took_seconds", of = "took" }
    gauge = { metric = "depth", of = "depth", labels = ["country"] }
    "#;

/// A program with one sink, which tells nothing unless it is flushed.
struct Program {
    kit: Kit,
    dispatch: Dispatch,
}

impl Program {
    fn new(sink: &str) -> Self {
        Self::with(sink, RULES)
    }

    fn with(sink: &str, rules: &str) -> Self {
        let kit = Kit::new([Arc::new(StatsdSinks) as Arc<_>]);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let text = format!(
            "version = 1\n[sinks.s]\ntype = 'statsd'\n{sink}\nmetrics_every = '1h'\n{rules}"
        );
        dispatcher::with_default(&dispatch, || {
            kit.must_apply(&text);
            kit.engine().installed();
        });
        Self { kit, dispatch }
    }

    fn order(&self, country: &str, took: Duration, depth: f64) {
        dispatcher::with_default(&self.dispatch, || {
            let took = format!("{took:?}");
            tracing::info!(target: "shop", country, took, depth);
        });
    }

    fn tell(&self) {
        let report = self.kit.flush(LONG);
        assert!(report.is_complete(), "{report:?}");
    }
}

/// Three orders with numbers whose sums are exact.
fn some_orders(program: &Program) {
    program.order("se", Duration::from_millis(50), 4.0);
    program.order("de", Duration::from_millis(500), -2.5);
    program.order("se", Duration::from_millis(250), 7.0);
    program.tell();
    // And what came since is told apart from what was told.
    program.order("se", Duration::from_secs(20), 7.0);
    program.tell();
}

/// The daemon of npm, with its management port.
struct Daemon {
    _server: Server,
    port: u16,
    management: u16,
    _folder: TempDir,
}

impl Daemon {
    fn start() -> Self {
        let (port, management) = (free_port(), free_port());
        let folder = TempDir::new().expect("a folder");
        let config = folder.path().join("config.js");
        let text = format!(
            "{{port:{port},address:'127.0.0.1',mgmt_port:{management},mgmt_address:'127.0.0.1',\
             backends:[],flushInterval:3600000,\
             servers:[{{server:'./servers/udp',address:'127.0.0.1',port:{port}}}]}}"
        );
        std::fs::write(&config, text).expect("a file");
        let server = Server::start(
            Command::new("node")
                .arg(real::node_module("statsd").join("stats.js"))
                .arg(&config)
                .stdout(Stdio::null()),
        );
        let daemon = Self {
            _server: server,
            port,
            management,
            _folder: folder,
        };
        eventually("the daemon answers", || daemon.ask("health").is_some());
        daemon
    }

    /// What it answers to a command.
    fn ask(&self, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.management)).ok()?;
        stream.set_read_timeout(Some(LONG)).ok()?;
        stream.write_all(command.as_bytes()).ok()?;
        stream.shutdown(Shutdown::Write).ok()?;
        let mut said = String::new();
        stream.read_to_string(&mut said).ok()?;
        Some(said)
    }

    /// A number by its name, as the daemon shows its tables.
    fn number(&self, table: &str, name: &str) -> Option<f64> {
        let said = self.ask(table)?;
        let of = |line: &str| {
            let (key, value) = line.trim().trim_end_matches(',').rsplit_once(": ")?;
            let key = key.trim_matches(['{', ' ', '\'']);
            (key == name).then(|| value.trim_end_matches([' ', '}']).parse().ok())?
        };
        said.lines().flat_map(|line| line.split(", ")).find_map(of)
    }

    fn assert_holds(&self, table: &str, expected: &[(&str, f64)]) {
        for (name, value) in expected {
            let what = format!("{table} {name} = {value}");
            let mut found = None;
            eventually(&what, || {
                found = self.number(table, name);
                found.is_some()
            });
            assert_eq!(found, Some(*value), "{what}: {:?}", self.ask(table));
        }
        assert_eq!(self.number("counters", "statsd.bad_lines_seen"), Some(0.0));
    }
}

const NPM: &[Need] = &[
    Need::Program("node", "--version", "nodejs"),
    Need::Npm("statsd"),
];

#[test]
fn the_first_of_all_daemons_counts_what_was_counted() {
    if !real::have("the_first_of_all_daemons_counts_what_was_counted", NPM) {
        return;
    }
    let daemon = Daemon::start();
    let program = Program::new(&format!(
        "address = '127.0.0.1:{}'\nprefix = 'app.'",
        daemon.port
    ));
    some_orders(&program);
    daemon.assert_holds(
        "counters",
        &[
            ("app.took_seconds_count", 4.0),
            ("app.orders_total.country.se", 3.0),
            ("app.orders_total.country.de", 1.0),
            ("app.took_seconds_bucket.le.0_1", 1.0),
            ("app.took_seconds_bucket.le.1", 3.0),
            ("app.took_seconds_bucket.le.10", 3.0),
            ("app.took_seconds_bucket.le.inf", 4.0),
            ("app.took_seconds_sum", 20.8),
        ],
    );
    daemon.assert_holds(
        "gauges",
        &[
            ("app.depth.country.se", 7.0),
            ("app.depth.country.de", -2.5),
        ],
    );
}

#[test]
fn tags_arrive_as_tags() {
    if !real::have("tags_arrive_as_tags", NPM) {
        return;
    }
    let daemon = Daemon::start();
    let sink = format!(
        "address = '127.0.0.1:{}'\ndialect = 'dogstatsd'\nhistograms = 'timers'",
        daemon.port
    );
    let rules = RULES.replace("[0.1, 1, 10]", "'exponential'");
    let program = Program::with(&sink, &rules);
    some_orders(&program);
    daemon.assert_holds(
        "counters",
        &[
            ("orders_total;country=se", 3.0),
            ("orders_total;country=de", 1.0),
        ],
    );
    let timers = || daemon.ask("timers").unwrap_or_default();
    eventually("the longest order is known", || {
        timers().contains("took_seconds")
    });
    let said = timers();
    let (_, list) = said.split_once('[').expect("a list of values");
    let (list, _) = list.split_once(']').expect("its end");
    let mut values: Vec<f64> = list
        .split(',')
        .map(|value| value.trim().parse().expect("a number"))
        .collect();
    values.sort_by(f64::total_cmp);
    let exact = [50.0, 250.0, 500.0, 20_000.0];
    assert_eq!(values.len(), exact.len(), "{said}");
    for (value, exact) in values.iter().zip(exact) {
        assert!((value / exact - 1.0).abs() < 0.05, "{value} for {exact}");
    }
}

#[test]
fn collectd_counts_what_was_counted() {
    let needs = [Need::Program("collectd", "-h", "collectd-core")];
    if !real::have("collectd_counts_what_was_counted", &needs) {
        return;
    }
    // In a folder whose name begins with a dot it writes nothing.
    let folder = tempfile::Builder::new().prefix("collectd").tempdir();
    let folder = folder.expect("a folder");
    let (at, port) = (folder.path(), free_port());
    let config = at.join("collectd.conf");
    let text = format!(
        "Hostname \"h\"\nFQDNLookup false\nInterval 1\nBaseDir \"{at}\"\nPIDFile \"{at}/pid\"\n\
         LoadPlugin statsd\nLoadPlugin csv\n\
         <Plugin csv>\nDataDir \"{at}\"\nStoreRates false\n</Plugin>\n\
         <Plugin statsd>\nHost \"127.0.0.1\"\nPort \"{port}\"\nCounterSum true\n</Plugin>\n",
        at = at.display(),
    );
    std::fs::write(&config, text).expect("a file");
    let collectd = Server::start(
        Command::new("collectd")
            .arg("-f")
            .arg("-C")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    // Trying the port would take it away from collectd.
    let listening = format!("0100007F:{port:04X} ");
    eventually("collectd listens", || {
        let sockets = std::fs::read_to_string("/proc/net/udp").expect("Linux");
        sockets.contains(&listening)
    });
    let program = Program::new(&format!("address = '127.0.0.1:{port}'"));
    some_orders(&program);
    let expected = [
        ("count-orders_total.country.se", 3.0),
        ("count-orders_total.country.de", 1.0),
        ("count-took_seconds_bucket.le.0_1", 1.0),
        ("count-took_seconds_bucket.le.1", 3.0),
        ("count-took_seconds_bucket.le.inf", 4.0),
        ("count-took_seconds_count", 4.0),
        ("gauge-depth.country.se", 7.0),
        ("gauge-depth.country.de", -2.5),
    ];
    for (name, value) in expected {
        eventually(name, || collected(at, name).last() == Some(&value));
    }
    collectd.end();
}

/// The values that collectd wrote for a name; what it counted is summed up.
fn collected(at: &Path, name: &str) -> Vec<f64> {
    let folder = at.join("h").join("statsd");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let of_name = files.filter(|file| {
        let found = file.file_name();
        found
            .to_str()
            .is_some_and(|found| found.starts_with(&format!("{name}-20")))
    });
    let mut sum = 0.0;
    of_name
        .flat_map(|file| {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            let lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
            lines
        })
        .filter_map(|line| line.split_once(',')?.1.parse::<f64>().ok())
        .map(|value| {
            sum += value;
            if name.starts_with("count") {
                sum
            } else {
                value
            }
        })
        .collect()
}

#[test]
fn what_is_told_while_nobody_listens_on_a_socket_comes_with_the_next_report() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("agent");
    let program = Program::new(&format!(
        "path = '{}'\nretry = {{ first = '5ms', max = '20ms' }}",
        path.display()
    ));
    program.order("se", Duration::from_millis(50), 1.0);
    let waiting = program.kit.flush(Duration::from_millis(50));
    assert!(!waiting.is_complete(), "nobody listens: {waiting:?}");
    program.order("se", Duration::from_millis(50), 1.0);
    let agent = UnixDatagram::bind(&path).expect("a socket");
    agent.set_read_timeout(Some(LONG)).expect("a timeout");
    program.tell();
    program.tell();
    program.kit.shutdown(LONG);
    agent.set_nonblocking(true).expect("a socket can be asked");
    let mut room = [0; 65_536];
    let mut counted = 0;
    while let Ok(read) = agent.recv(&mut room) {
        let text = String::from_utf8_lossy(&room[..read]);
        counted += text
            .lines()
            .filter_map(|line| {
                line.strip_prefix("orders_total.country.se:")?
                    .strip_suffix("|c")
            })
            .filter_map(|count| count.parse::<u64>().ok())
            .sum::<u64>();
    }
    assert_eq!(counted, 2, "each once");
}

#[test]
fn datagrams_are_filled_and_hold_whole_lines() {
    let agent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = agent.local_addr().expect("its address");
    let program = Program::new(&format!("address = '{address}'\nmax_datagram = '300B'"));
    for number in 0..40 {
        program.order(&format!("country-{number}"), Duration::from_millis(1), 0.5);
    }
    program.tell();
    agent.set_nonblocking(true).expect("a socket can be asked");
    let mut room = [0; 65_536];
    let (mut datagrams, mut lines) = (0, 0);
    while let Ok(read) = agent.recv(&mut room) {
        assert!(read <= 300);
        let text = std::str::from_utf8(&room[..read]).expect("text");
        assert!(
            text.lines()
                .all(|line| line.ends_with("|c") || line.ends_with("|g")),
            "{text}"
        );
        datagrams += 1;
        lines += text.lines().count();
    }
    // 40 counters, 40 gauges, three filled buckets and one for all, count and sum.
    assert_eq!(lines, 86);
    assert!(datagrams * 4 < lines, "{datagrams} datagrams");
}
