//! Connections: one record after the other, connected again when they break.
//!
//! What a connection took counts as delivered. When it breaks, whatever it had
//! not passed on is lost with it; the record that was half written is sent
//! again, whole, over the next one.

mod sink;
mod stream;
#[cfg_attr(feature = "tls", path = "tls_on.rs")]
#[cfg_attr(not(feature = "tls"), path = "tls_off.rs")]
mod tls;

pub(crate) use sink::SocketSink;
pub(crate) use stream::Peer;
pub(crate) use tls::Trust;
