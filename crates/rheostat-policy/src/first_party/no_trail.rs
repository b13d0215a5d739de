//! Which of our own sinks no audit trail can end at.

use crate::model::Sink;

/// Why records that go there can be lost unnoticed, or cannot be verified; `None` where it is not known of the
/// type. A sink of a program's own says so itself when it is opened.
pub(crate) fn no_trail(sink: &Sink) -> Option<&'static str> {
    match sink.ty {
        "stdout" | "stderr" | "unix" | "tcp" | "udp" | "syslog" | "journald" | "statsd" => {
            Some("nobody acknowledges what is written there")
        }
        "nats" if sink.args.get("jetstream").is_none() => {
            Some("without `jetstream` nobody acknowledges what is published")
        }
        "clickhouse" | "postgres" | "influxdb" | "opentsdb" | "otlp" => {
            Some("its records do not hold what ties each to the one before")
        }
        _ => None,
    }
}
