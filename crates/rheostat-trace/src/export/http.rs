//! OTLP over HTTP, as protobuf.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message as _;
use prost::bytes::Bytes;

use super::exporter::{Answer, chain, delivered};
use crate::pipe::Headers;

/// Why `https://` is refused where it is not built in.
pub(super) const NO_TLS: &str = "`https` needs the feature `tls` of `rheostat-trace`";

/// An answer is a handful of bytes; a longer one is not read.
const MOST_ANSWER: usize = 64 * 1024;

#[cfg(not(feature = "tls"))]
type Connector = hyper_util::client::legacy::connect::HttpConnector;
#[cfg(feature = "tls")]
type Connector = hyper_rustls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>;

/// One pool of connections to a collector.
pub(super) struct HttpExporter {
    client: Client<Connector, Full<Bytes>>,
    uri: Uri,
    headers: HeaderMap,
}

/// Whether this is an address that can be used, without connecting to it.
pub(crate) fn check(url: &str, headers: &Headers) -> Result<(), String> {
    uri(url)?;
    header_map(headers).map(drop)
}

impl HttpExporter {
    pub(super) fn new(url: &str, headers: &Headers) -> Result<Self, String> {
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector()?),
            uri: uri(url)?,
            headers: header_map(headers)?,
        })
    }

    pub(super) async fn export(&mut self, request: &ExportTraceServiceRequest) -> Answer {
        let mut request = Request::new(Full::new(Bytes::from(request.encode_to_vec())));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => {
                return Answer::Later {
                    after: None,
                    why: chain(&error),
                };
            }
        };
        let (head, body) = response.into_parts();
        if !head.status.is_success() {
            return failed(head.status, &head.headers);
        }
        match Limited::new(body, MOST_ANSWER).collect().await {
            // A collector that answers something else took the batch all the same: it said 200.
            Ok(body) => {
                delivered(ExportTraceServiceResponse::decode(body.to_bytes()).unwrap_or_default())
            }
            Err(_) => Answer::Delivered {
                refused: 0,
                why: None,
            },
        }
    }
}

/// What the OTLP specification says of each status.
fn failed(status: StatusCode, headers: &HeaderMap) -> Answer {
    let why = format!("the collector answered {status}");
    if ![429, 502, 503, 504].contains(&status.as_u16()) {
        return Answer::Refused { why };
    }
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    Answer::Later {
        after: seconds.map(Duration::from_secs),
        why,
    }
}

/// The address of the traces: a URL without a path is the collector's own.
fn uri(url: &str) -> Result<Uri, String> {
    let uri: Uri = url
        .parse()
        .map_err(|error: http::uri::InvalidUri| error.to_string())?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") if cfg!(feature = "tls") => {}
        Some("https") => return Err(NO_TLS.to_owned()),
        _ => return Err(format!("`{url}` does not start with `http://`")),
    }
    if uri.path().is_empty() || uri.path() == "/" {
        let whole = format!("{}/v1/traces", url.trim_end_matches('/'));
        return whole
            .parse()
            .map_err(|error: http::uri::InvalidUri| error.to_string());
    }
    Ok(uri)
}

#[cfg(not(feature = "tls"))]
fn connector() -> Result<Connector, String> {
    Ok(Connector::new())
}

#[cfg(feature = "tls")]
fn connector() -> Result<Connector, String> {
    // Named, because a host may link another provider, and then there is no default.
    let builder = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| chain(&error))?;
    Ok(builder.https_or_http().enable_http1().build())
}

fn header_map(headers: &Headers) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, value) in &headers.0 {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` is not a header's name"))?;
        // The value may be a secret: it is not shown.
        let value = HeaderValue::from_str(value).map_err(|_| {
            format!("the value of header `{name}` has characters that no header can have")
        })?;
        map.insert(key, value);
    }
    map.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-protobuf"),
    );
    Ok(map)
}
