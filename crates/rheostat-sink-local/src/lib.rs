//! Sinks that need no network service: stdout, stderr, files, and sockets.
//!
//! | type | when it is down | when it is slow or full | *delivered* means |
//! |---|---|---|---|
//! | `stdout`, `stderr` | broken pipe: retried, then dropped | waits `timeout`, then retried | the system took it |
//! | `file` | retried, opened anew | disk full: retried, nothing is half written | the system took it |
//! | `unix`, `tcp` | connected again | waits `timeout`, then retried | the connection took it |
//! | `udp`, `unix` with `datagram`, `statsd` | retried | waits | the system took it |
//!
//! What waits, and for how long, is the queue's business and the same for all.
//! A datagram that is larger than the socket takes is refused for good.

#![forbid(unsafe_code)]

mod datagram;
mod factory;
mod file;
mod frames;
mod journald;
mod names;
mod socket;
mod standard;
mod statsd;
mod syslog;

pub use factory::{FileSinks, StderrSinks, StdoutSinks, TcpSinks, UdpSinks, UnixSinks, all};
pub use journald::JournaldSinks;
pub use statsd::StatsdSinks;
pub use syslog::SyslogSinks;
