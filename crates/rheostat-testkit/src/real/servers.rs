//! Stores and databases, as Debian has them.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::ask::{ask, must};
use super::{Need, Running, free_port, python};

/// Debian's ClickHouse.
pub const CLICKHOUSE: Need = Need::File("/usr/sbin/clickhouse-server", "clickhouse-server");
/// InfluxDB 1.
pub const INFLUXDB: Need = Need::Program("influxd", "version", "influxdb");
/// Prometheus.
pub const PROMETHEUS: Need = Need::Program("prometheus", "--version", "prometheus");
/// VictoriaMetrics.
pub const VICTORIA: Need = Need::Program("victoria-metrics", "-version", "victoria-metrics");
/// What stand-ins are written in.
pub const PYTHON: Need = Need::Module("http.server", "python3");

fn folder() -> TempDir {
    TempDir::new().expect("a folder can be made")
}

fn answers(address: String, command: Command, folder: TempDir, ready: &'static str) -> Running {
    let asked = address.clone();
    Running::start(address, command, folder, move || {
        ask(&asked, "GET", ready, "").is_some_and(|(status, _)| status < 300)
    })
}

/// Debian's ClickHouse, of 2018.
///
/// # Panics
///
/// Where it does not start.
pub fn clickhouse() -> Running {
    let folder = folder();
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
    answers(format!("127.0.0.1:{http}"), command, folder, "/ping")
}

/// A server in Python that takes its port as its argument and answers to `/ping`.
///
/// # Panics
///
/// Where it does not start.
pub fn script(script: &Path) -> Running {
    let folder = folder();
    let port = free_port();
    let mut command = python();
    command
        .arg(script)
        .arg(port.to_string())
        .env("TMPDIR", folder.path());
    answers(format!("127.0.0.1:{port}"), command, folder, "/ping")
}

/// InfluxDB 1.
///
/// # Panics
///
/// Where it does not start.
pub fn influxdb() -> Running {
    influxdb_with("")
}

/// The same with more lines in its section `[http]`.
///
/// # Panics
///
/// Where it does not start.
pub fn influxdb_with(http_keys: &str) -> Running {
    let folder = folder();
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
    answers(format!("127.0.0.1:{http}"), command, folder, "/ping")
}

/// Prometheus, which takes remote write, native histograms and exemplars too.
///
/// # Panics
///
/// Where it does not start.
pub fn prometheus() -> Running {
    let folder = folder();
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
    answers(address, command, folder, "/-/ready")
}

/// VictoriaMetrics, and where it takes OpenTSDB's requests.
///
/// # Panics
///
/// Where it does not start.
pub fn victoria() -> (Running, String) {
    let folder = folder();
    let (http, tsdb) = (free_port(), free_port());
    let mut command = Command::new("victoria-metrics");
    command.arg(format!(
        "-storageDataPath={}",
        folder.path().join("data").display()
    ));
    command.arg(format!("-httpListenAddr=127.0.0.1:{http}"));
    command.arg(format!("-opentsdbHTTPListenAddr=127.0.0.1:{tsdb}"));
    command.arg("-retentionPeriod=1");
    let running = answers(format!("127.0.0.1:{http}"), command, folder, "/health");
    (running, format!("127.0.0.1:{tsdb}"))
}

impl Running {
    /// What ClickHouse answers to a query.
    ///
    /// # Panics
    ///
    /// Where it refuses it.
    pub fn sql(&self, query: &str) -> String {
        must(&self.address, "POST", "/", query)
    }
}
