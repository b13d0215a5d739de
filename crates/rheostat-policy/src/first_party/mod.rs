//! The actions and sink types of the first-party crates, for those who read a
//! policy without linking them: the command line, editors, tests.
//!
//! Each crate re-exports its own definitions from its `vocabulary()`, so there
//! is one text of each.

mod all;
mod clickhouse_sink;
mod column_keys;
mod count;
mod elasticsearch_sink;
mod gauge;
mod histogram;
mod http_keys;
mod influxdb_sink;
mod journald_sink;
mod later;
mod local_sinks;
mod log;
mod nats_sink;
mod no_trail;
mod opentsdb_sink;
mod otlp_sink;
mod postgres_sink;
mod remote_write_sink;
mod statsd_sink;
mod stream;
mod syslog_sink;
mod trace;

pub use all::vocabulary;
pub use clickhouse_sink::clickhouse_sink_def;
pub use count::count_def;
pub use elasticsearch_sink::elasticsearch_sink_def;
pub use gauge::gauge_def;
pub use histogram::histogram_def;
pub use influxdb_sink::influxdb_sink_def;
pub use journald_sink::journald_sink_def;
pub use later::{call_def, dump_def, mark_def, probe_def, record_def};
pub use local_sinks::{
    file_sink_def, stderr_sink_def, stdout_sink_def, tcp_sink_def, udp_sink_def, unix_sink_def,
};
pub use log::log_def;
pub use nats_sink::nats_sink_def;
pub(crate) use no_trail::no_trail;
pub use opentsdb_sink::opentsdb_sink_def;
pub use otlp_sink::otlp_sink_def;
pub use postgres_sink::postgres_sink_def;
pub use remote_write_sink::remote_write_sink_def;
pub use statsd_sink::statsd_sink_def;
pub use stream::stream_def;
pub use syslog_sink::syslog_sink_def;
pub use trace::trace_def;
