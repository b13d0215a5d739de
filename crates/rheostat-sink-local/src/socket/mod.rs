//! Connections: one record after the other, connected again when they break.
//!
//! What a connection took counts as delivered. When it breaks, whatever it had
//! not passed on is lost with it; the record that was half written is sent
//! again, whole, over the next one.

mod sink;
mod stream;

pub(crate) use sink::SocketSink;
pub(crate) use stream::Peer;
