//! All of them as one vocabulary.

use super::{
    call_def, clickhouse_sink_def, count_def, dump_def, elasticsearch_sink_def, file_sink_def,
    gauge_def, histogram_def, influxdb_sink_def, journald_sink_def, log_def, mark_def,
    nats_sink_def, opentsdb_sink_def, otlp_sink_def, postgres_sink_def, probe_def, record_def,
    remote_write_sink_def, statsd_sink_def, stderr_sink_def, stdout_sink_def, stream_def,
    syslog_sink_def, tcp_sink_def, trace_def, udp_sink_def, unix_sink_def,
};
use crate::vocabulary::Vocabulary;

/// Everything that the first-party crates define.
pub fn vocabulary() -> Vocabulary {
    let sinks = vec![
        stdout_sink_def(),
        stderr_sink_def(),
        file_sink_def(),
        unix_sink_def(),
        tcp_sink_def(),
        udp_sink_def(),
        otlp_sink_def(),
        clickhouse_sink_def(),
        elasticsearch_sink_def(),
        opentsdb_sink_def(),
        influxdb_sink_def(),
        nats_sink_def(),
        statsd_sink_def(),
        syslog_sink_def(),
        journald_sink_def(),
        remote_write_sink_def(),
        postgres_sink_def(),
    ];
    Vocabulary {
        actions: vec![
            count_def(),
            histogram_def(),
            gauge_def(),
            stream_def(),
            log_def(),
            trace_def(),
            probe_def(),
            record_def(),
            dump_def(),
            call_def(),
            mark_def(),
        ],
        sinks,
    }
}
