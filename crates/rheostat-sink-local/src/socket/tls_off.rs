//! Without the feature `tls`: nothing can be secured, and whoever asks is told at once.

use std::io;

use rheostat_core::sink::{Around, Failure};
use rheostat_policy::model::Args;
use tokio::net::TcpStream;

/// Whom we trust; there is none of these.
#[derive(Clone, Debug)]
pub(crate) enum Trust {}

pub(super) type Secured = TcpStream;

impl Trust {
    /// Says that this build has no TLS.
    pub(crate) fn read(_tls: Option<&Args>, _around: &Around<'_>) -> Result<Self, Failure> {
        Err(Failure::new(
            "this build has no TLS; it comes with the feature `tls` of `rheostat-sink-local`",
        ))
    }

    pub(super) async fn secure(&self, _address: &str, stream: TcpStream) -> io::Result<Secured> {
        Ok(stream)
    }
}
