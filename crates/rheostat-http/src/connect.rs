//! How connections are made: TLS where the address asks for it, within a limit.

use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rheostat_tls::ClientConfig;

/// Which HTTP is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Http1,
    /// Without asking first: who speaks gRPC speaks it.
    Http2,
}

/// Makes connections, in so much time each.
pub(crate) fn connector(
    tls: ClientConfig,
    limit: Duration,
    version: Version,
) -> HttpsConnector<HttpConnector> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(limit));
    let builder = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http();
    match version {
        Version::Http1 => builder.enable_http1().wrap_connector(connector),
        Version::Http2 => builder.enable_http2().wrap_connector(connector),
    }
}
