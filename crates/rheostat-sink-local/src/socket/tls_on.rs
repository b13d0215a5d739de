//! TLS for connections: rustls with ring.

use std::io;
use std::sync::Arc;

use rheostat_core::sink::{Around, Failure};
use rheostat_policy::model::Args;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whom we trust, and who we are.
#[derive(Clone, Debug)]
pub(crate) struct Trust(Arc<rustls::ClientConfig>);

pub(super) type Secured = TlsStream<TcpStream>;

impl Trust {
    /// Reads `tls`; without it, whom the web trusts is trusted.
    pub(crate) fn read(tls: Option<&Args>, around: &Around<'_>) -> Result<Self, Failure> {
        rheostat_tls::config(tls, around).map(|config| Self(Arc::new(config)))
    }

    /// Agrees with the other side on keys, and checks that it is who the address says.
    pub(super) async fn secure(&self, address: &str, stream: TcpStream) -> io::Result<Secured> {
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        TlsConnector::from(self.0.clone())
            .connect(name, stream)
            .await
    }
}
