//! Real servers, each of a test's own: on a free port, in a folder of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rheostat_testkit::real::{Need, Server, eventually, free_port, python};
use serde_json::Value;
use tempfile::TempDir;

use super::ask::{ask, escaped, must};

pub const CLICKHOUSE: Need = Need::File("/usr/sbin/clickhouse-server", "clickhouse-server");
pub const CHDB: Need = Need::Module("chdb", "chdb");
pub const INFLUXDB: Need = Need::Program("influxd", "version", "influxdb");
pub const PROMETHEUS: Need = Need::Program("prometheus", "--version", "prometheus");
pub const VICTORIA: Need = Need::Program("victoria-metrics", "-version", "victoria-metrics");

/// A server that runs.
pub struct Running {
    pub address: String,
    pub server: Server,
    _folder: TempDir,
}

fn started(address: String, command: &mut Command, folder: TempDir, ready: &str) -> Running {
    let server = Server::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    eventually("the server answers", || {
        ask(&address, "GET", ready, "").is_some_and(|(status, _)| status < 300)
    });
    Running {
        address,
        server,
        _folder: folder,
    }
}

/// Debian's ClickHouse, of 2018.
pub fn clickhouse() -> Running {
    let folder = TempDir::new().expect("a folder can be made");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (http, tcp) = (free_port(), free_port());
    let users = "<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default>\
                 <password></password><networks><ip>::/0</ip></networks><profile>default</profile>\
                 <quota>default</quota></default><joe><password>canary</password><networks><ip>::/0</ip>\
                 </networks><profile>default</profile><quota>default</quota></joe></users></yandex>";
    fs::write(at("users.xml"), users).expect("the folder is ours");
    let config = format!(
        "<yandex><logger><level>error</level><log>{}</log><errorlog>{}</errorlog></logger>\
         <http_port>{http}</http_port><tcp_port>{tcp}</tcp_port><listen_host>127.0.0.1</listen_host>\
         <path>{}/</path><tmp_path>{}/</tmp_path><format_schema_path>{}/</format_schema_path>\
         <mark_cache_size>16777216</mark_cache_size><users_config>{}</users_config>\
         <default_profile>default</default_profile><default_database>default</default_database></yandex>",
        at("log"),
        at("errors"),
        at("data"),
        at("tmp"),
        at("schemas"),
        at("users.xml")
    );
    fs::write(at("config.xml"), config).expect("the folder is ours");
    let mut command = Command::new("clickhouse-server");
    command.arg(format!("--config-file={}", at("config.xml")));
    started(format!("127.0.0.1:{http}"), &mut command, folder, "/ping")
}

/// A server in Python, of `tests/py`.
pub fn script(name: &str) -> Running {
    let folder = TempDir::new().expect("a folder can be made");
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/py")
        .join(name);
    let port = free_port();
    let mut command = python();
    command
        .arg(script)
        .arg(port.to_string())
        .env("TMPDIR", folder.path());
    started(format!("127.0.0.1:{port}"), &mut command, folder, "/ping")
}

/// InfluxDB 1.
pub fn influxdb() -> Running {
    influxdb_with("")
}

/// The same with more lines in its section `[http]`.
pub fn influxdb_with(http_keys: &str) -> Running {
    let folder = TempDir::new().expect("a folder can be made");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (http, rpc) = (free_port(), free_port());
    let config = format!(
        "reporting-disabled = true\nbind-address = \"127.0.0.1:{rpc}\"\n[meta]\ndir = \"{}\"\n\
         [data]\ndir = \"{}\"\nwal-dir = \"{}\"\n[http]\nbind-address = \"127.0.0.1:{http}\"\n{http_keys}",
        at("meta"),
        at("data"),
        at("wal")
    );
    fs::write(at("config.toml"), config).expect("the folder is ours");
    let mut command = Command::new("influxd");
    command.args(["run", "-config", &at("config.toml")]);
    started(format!("127.0.0.1:{http}"), &mut command, folder, "/ping")
}

/// Prometheus, which takes remote write, native histograms and exemplars too.
pub fn prometheus() -> Running {
    let folder = TempDir::new().expect("a folder can be made");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let address = format!("127.0.0.1:{}", free_port());
    fs::write(at("config.yml"), "global: {}\n").expect("the folder is ours");
    let mut command = Command::new("prometheus");
    command
        .arg(format!("--config.file={}", at("config.yml")))
        .arg(format!("--storage.tsdb.path={}", at("data")))
        .arg(format!("--web.listen-address={address}"))
        .arg("--web.enable-remote-write-receiver")
        .arg("--enable-feature=native-histograms,exemplar-storage");
    started(address, &mut command, folder, "/-/ready")
}

/// VictoriaMetrics, and where it takes OpenTSDB's requests.
pub fn victoria() -> (Running, String) {
    let folder = TempDir::new().expect("a folder can be made");
    let (http, tsdb) = (free_port(), free_port());
    let mut command = Command::new("victoria-metrics");
    command.arg(format!(
        "-storageDataPath={}",
        folder.path().join("data").display()
    ));
    command.arg(format!("-httpListenAddr=127.0.0.1:{http}"));
    command.arg(format!("-opentsdbHTTPListenAddr=127.0.0.1:{tsdb}"));
    command.arg("-retentionPeriod=1");
    let running = started(format!("127.0.0.1:{http}"), &mut command, folder, "/health");
    (running, format!("127.0.0.1:{tsdb}"))
}

impl Running {
    /// What ClickHouse answers to a query.
    pub fn sql(&self, query: &str) -> String {
        must(&self.address, "POST", "/", query)
    }
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
