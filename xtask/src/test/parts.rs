//! The real programs that tests run against, and how each is had.

use std::path::PathBuf;
use std::process::Command;

use crate::process;

/// A program or library of somebody else's.
pub(super) struct Part {
    /// What it is called.
    pub(super) name: &'static str,
    /// How to see that it is there.
    pub(super) seen_by: SeenBy,
    /// How it is installed.
    pub(super) from: From,
}

/// How to see that a part is there.
pub(super) enum SeenBy {
    /// The program answers this option.
    Program(&'static str, &'static str),
    /// Python imports this module.
    Module(&'static str),
    /// The package is in the tests' own `node_modules`.
    NodeModule(&'static str),
    /// This file exists.
    File(&'static str),
}

/// Where a part comes from.
pub(super) enum From {
    /// A Debian package.
    Debian(&'static str),
    /// A package of the Python package index.
    Python(&'static str),
    /// A package of npm.
    Npm(&'static str),
}

/// Everything the tests can use.
pub(super) const PARTS: &[Part] = &[
    debian("prometheus", "prometheus", "--version", "prometheus"),
    debian("promtool", "promtool", "--version", "prometheus"),
    debian("vim", "vim", "--version", "vim"),
    debian("emacs", "emacs", "--version", "emacs-nox"),
    debian("valgrind", "valgrind", "--version", "valgrind"),
    debian(
        "victoria-metrics",
        "victoria-metrics",
        "-version",
        "victoria-metrics",
    ),
    debian_file("/usr/sbin/clickhouse-server", "clickhouse-server"),
    debian("influxd", "influxd", "version", "influxdb"),
    debian_file("/usr/sbin/nats-server", "nats-server"),
    debian_file("/usr/lib/postgresql", "postgresql"),
    debian("collectd", "collectd", "-h", "collectd-core"),
    // Not beside syslog-ng: each removes the other.
    debian("rsyslog", "rsyslogd", "-v", "rsyslog"),
    debian_file(
        "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so",
        "rsyslog-openssl",
    ),
    debian_file("/lib/systemd/systemd-journald", "systemd"),
    debian("openssl", "openssl", "version", "openssl"),
    debian("node", "node", "--version", "nodejs"),
    debian("npm", "npm", "--version", "npm"),
    npm("statsd"),
    python_module("prometheus_client", "prometheus-client"),
    python_module(
        "opentelemetry.proto.trace.v1.trace_pb2",
        "opentelemetry-proto",
    ),
    python_module("grpc", "grpcio"),
    python_module("rotel", "rotel"),
    // Today's ClickHouse in process: half a gigabyte, for Debian has that of 2018.
    python_module("chdb", "chdb"),
];

const fn debian(
    name: &'static str,
    program: &'static str,
    option: &'static str,
    package: &'static str,
) -> Part {
    Part {
        name,
        seen_by: SeenBy::Program(program, option),
        from: From::Debian(package),
    }
}

const fn debian_file(path: &'static str, package: &'static str) -> Part {
    Part {
        name: package,
        seen_by: SeenBy::File(path),
        from: From::Debian(package),
    }
}

const fn npm(package: &'static str) -> Part {
    Part {
        name: package,
        seen_by: SeenBy::NodeModule(package),
        from: From::Npm(package),
    }
}

const fn python_module(module: &'static str, package: &'static str) -> Part {
    Part {
        name: package,
        seen_by: SeenBy::Module(module),
        from: From::Python(package),
    }
}

impl Part {
    /// Whether it is there now.
    pub(super) fn is_here(&self) -> bool {
        match self.seen_by {
            SeenBy::Program(program, option) => {
                process::succeeds(Command::new(program).arg(option))
            }
            SeenBy::Module(module) => python().is_some_and(|python| {
                process::succeeds(Command::new(python).args(["-c", &format!("import {module}")]))
            }),
            SeenBy::NodeModule(package) => node_modules().join(package).is_dir(),
            SeenBy::File(path) => std::path::Path::new(path).exists(),
        }
    }
}

/// The Python that the tests use: their own environment, if there is one.
pub(super) fn python() -> Option<PathBuf> {
    let own = environment().join("bin/python");
    if own.exists() {
        return Some(own);
    }
    process::succeeds(Command::new("python3").arg("--version")).then(|| "python3".into())
}

/// The folder of the tests' own Python environment.
pub(super) fn environment() -> PathBuf {
    process::target().join("test-python")
}

/// Where packages of npm are.
pub(super) fn node_modules() -> PathBuf {
    process::target().join("test-node").join("node_modules")
}
