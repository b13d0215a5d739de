//! Syslog as RFC 5424 has it: one message a record, fields as structured data.
//!
//! Over UDP and Unix sockets a message is a datagram; over TCP and TLS it goes
//! behind its length (RFC 6587, RFC 5425). How bytes get there is the business
//! of the sinks that `udp` and `tcp` have.

mod factory;
mod message;
mod origin;
#[cfg(test)]
mod tests;

pub use factory::SyslogSinks;
pub(crate) use message::Syslog;
pub(crate) use origin::program;
