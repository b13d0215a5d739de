//! The sinks, and the faults that the protocol of each has. To add a sink is to add an entry here.

use std::sync::Arc;

use rheostat_core::sink::SinkFactory;
use rheostat_testkit::real::nats::NATS;
use rheostat_testkit::real::servers::{CLICKHOUSE, INFLUXDB, PROMETHEUS, PYTHON};
use rheostat_testkit::real::{Need, RSYSLOG, RSYSLOG_TLS};

use crate::fault::Fault::{self, *};
use crate::place::{Reach, Says, Subject};
use crate::places::collector::{GRPC, OTLP};
use crate::places::journal::JOURNALD;
use crate::places::postgres::POSTGRES;
use crate::places::{collector, files, journal, nats, postgres, readers, stores, syslog};

/// All that a program can send to.
pub(crate) fn factories() -> Vec<Arc<dyn SinkFactory>> {
    let mut all = rheostat_sink_local::all();
    all.extend(rheostat_sink_http::all());
    all.extend(rheostat_sink_nats::all());
    all.extend(rheostat_sink_otlp::all());
    all.extend(rheostat_sink_postgres::all());
    all
}

/// Of a server that answers over HTTP.
const HTTP: &[Fault] = &[
    Refused, Reset, LostAnswer, Hung, Drip, Broken, TooMany, TooLarge, Restarted, NameGone,
];
/// The same, where it refuses a record for what is in it.
const HTTP_THAT_READS: &[Fault] = &[
    Refused, Reset, LostAnswer, Hung, Drip, Broken, TooMany, TooLarge, Partial, Restarted, NameGone,
];
/// Of a connection that nobody answers on.
const CONNECTION: &[Fault] = &[Refused, Reset, Hung, Drip, Restarted, NameGone];
/// The same of NATS, which refuses what is too long.
const ANSWERING: &[Fault] = &[
    Refused, Reset, LostAnswer, Hung, Drip, Partial, Restarted, NameGone,
];
/// Of a server that answers over a connection of its own protocol.
const SESSION: &[Fault] = &[Refused, Reset, LostAnswer, Hung, Drip, Restarted, NameGone];
/// Of datagrams to an address.
const DATAGRAMS: &[Fault] = &[Refused, Hung, Restarted, NameGone];
/// Of what has a path, and nothing between.
const PATH: &[Fault] = &[Refused, Hung, Restarted];

const OPENSSL: Need = Need::Program("openssl", "version", "openssl");

/// What most entries are like.
const USUAL: Subject = Subject {
    name: "",
    server: "a reader of lines",
    says: Says::Connection,
    metrics: false,
    reach: Reach::Direct,
    faults: PATH,
    needs: &[],
    only_root: false,
    start: readers::unix,
};

/// A server that answers over HTTP.
const ANSWERS: Subject = Subject {
    says: Says::Server,
    reach: Reach::Http,
    faults: HTTP,
    ..USUAL
};

/// All of them.
pub const ALL: &[Subject] = &[
    Subject {
        name: "file",
        server: "a disk in memory",
        says: Says::System,
        faults: &[DiskFull],
        only_root: true,
        start: files::file,
        ..USUAL
    },
    Subject {
        name: "stdout",
        server: "a pipe with a reader",
        says: Says::System,
        faults: &[Hung],
        start: readers::standard_output,
        ..USUAL
    },
    Subject {
        name: "unix",
        ..USUAL
    },
    Subject {
        name: "tcp",
        reach: Reach::Bytes,
        faults: CONNECTION,
        start: readers::tcp,
        ..USUAL
    },
    Subject {
        name: "udp",
        server: "a reader of datagrams",
        says: Says::System,
        faults: DATAGRAMS,
        start: readers::udp,
        ..USUAL
    },
    Subject {
        name: "statsd/udp",
        server: "a reader of datagrams",
        says: Says::System,
        metrics: true,
        faults: DATAGRAMS,
        start: readers::statsd_udp,
        ..USUAL
    },
    Subject {
        name: "statsd/unix",
        server: "a reader of datagrams",
        says: Says::System,
        metrics: true,
        start: readers::statsd_unix,
        ..USUAL
    },
    Subject {
        name: "syslog/udp",
        server: "rsyslog",
        says: Says::System,
        faults: DATAGRAMS,
        needs: &[RSYSLOG],
        start: syslog::udp,
        ..USUAL
    },
    Subject {
        name: "syslog/tcp",
        server: "rsyslog",
        reach: Reach::Bytes,
        faults: CONNECTION,
        needs: &[RSYSLOG],
        start: syslog::tcp,
        ..USUAL
    },
    Subject {
        name: "syslog/tls",
        server: "rsyslog",
        reach: Reach::Bytes,
        faults: CONNECTION,
        needs: &[RSYSLOG, RSYSLOG_TLS, OPENSSL],
        start: syslog::tls,
        ..USUAL
    },
    Subject {
        name: "journald",
        server: "journald",
        says: Says::System,
        needs: &[Need::File(JOURNALD, "systemd")],
        only_root: true,
        start: journal::journald,
        ..USUAL
    },
    Subject {
        name: "prometheus_remote_write",
        server: "Prometheus",
        metrics: true,
        needs: &[PROMETHEUS],
        start: stores::remote_write,
        ..ANSWERS
    },
    Subject {
        name: "clickhouse",
        server: "ClickHouse",
        needs: &[CLICKHOUSE],
        start: stores::clickhouse,
        ..ANSWERS
    },
    Subject {
        name: "influxdb/1",
        server: "InfluxDB 1",
        faults: HTTP_THAT_READS,
        needs: &[INFLUXDB],
        start: stores::influxdb_1,
        ..ANSWERS
    },
    Subject {
        name: "influxdb/2",
        server: "a stand-in",
        faults: HTTP_THAT_READS,
        needs: &[PYTHON],
        start: stores::influxdb_2,
        ..ANSWERS
    },
    Subject {
        name: "opentsdb",
        server: "a stand-in",
        metrics: true,
        needs: &[PYTHON],
        start: stores::opentsdb,
        ..ANSWERS
    },
    Subject {
        name: "elasticsearch",
        server: "a stand-in",
        faults: HTTP_THAT_READS,
        needs: &[PYTHON],
        start: stores::elasticsearch,
        ..ANSWERS
    },
    Subject {
        name: "nats/core",
        server: "NATS",
        reach: Reach::Bytes,
        faults: ANSWERING,
        needs: &[NATS],
        start: nats::core,
        ..USUAL
    },
    Subject {
        name: "nats/jetstream",
        server: "NATS",
        says: Says::Server,
        reach: Reach::Bytes,
        faults: ANSWERING,
        needs: &[NATS],
        start: nats::jetstream,
        ..USUAL
    },
    Subject {
        name: "postgres",
        server: "PostgreSQL",
        says: Says::Server,
        reach: Reach::Bytes,
        faults: SESSION,
        needs: &[POSTGRES],
        start: postgres::postgres,
        ..USUAL
    },
    Subject {
        name: "otlp/http",
        server: "a collector of ours",
        needs: &[OTLP, GRPC],
        start: collector::http,
        ..ANSWERS
    },
    Subject {
        name: "otlp/grpc",
        server: "a collector of ours",
        reach: Reach::Bytes,
        faults: SESSION,
        needs: &[OTLP, GRPC],
        start: collector::grpc,
        ..ANSWERS
    },
    Subject {
        name: "otlp/metrics",
        server: "a collector of ours",
        metrics: true,
        needs: &[OTLP, GRPC],
        start: collector::http,
        ..ANSWERS
    },
];
