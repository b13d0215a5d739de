//! OTLP over gRPC.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use tonic::metadata::{MetadataKey, MetadataMap, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use super::exporter::{Answer, chain, delivered};
use crate::pipe::Headers;

/// One channel to a collector; it connects when it is first used, and again after it broke.
pub(super) struct GrpcExporter {
    client: TraceServiceClient<Channel>,
    metadata: MetadataMap,
}

/// Whether this is an endpoint that can be used, without connecting to it.
pub(crate) fn check(url: &str, headers: &Headers) -> Result<(), String> {
    endpoint(url)?;
    metadata(headers).map(drop)
}

impl GrpcExporter {
    pub(super) fn new(url: &str, headers: &Headers) -> Result<Self, String> {
        let channel = endpoint(url)?.connect_lazy();
        Ok(Self {
            client: TraceServiceClient::new(channel),
            metadata: metadata(headers)?,
        })
    }

    pub(super) async fn export(&mut self, request: ExportTraceServiceRequest) -> Answer {
        let mut request = Request::new(request);
        *request.metadata_mut() = self.metadata.clone();
        match self.client.export(request).await {
            Ok(response) => delivered(response.into_inner()),
            Err(status) => failed(&status),
        }
    }
}

/// What the OTLP specification says of each code.
fn failed(status: &Status) -> Answer {
    let why = match std::error::Error::source(status) {
        Some(cause) => format!("{}: {}", status.code(), chain(cause)),
        None => format!("{}: {}", status.code(), status.message()),
    };
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss
        | Code::ResourceExhausted
        // What a broken connection is reported as.
        | Code::Unknown => Answer::Later { after: None, why },
        _ => Answer::Refused { why },
    }
}

fn endpoint(url: &str) -> Result<Endpoint, String> {
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|error| chain(&error))?;
    if endpoint.uri().scheme_str() == Some("https") {
        return secure(endpoint);
    }
    Ok(endpoint)
}

#[cfg(feature = "tls")]
fn secure(endpoint: Endpoint) -> Result<Endpoint, String> {
    let tls = tonic::transport::ClientTlsConfig::new().with_webpki_roots();
    endpoint.tls_config(tls).map_err(|error| chain(&error))
}

#[cfg(not(feature = "tls"))]
fn secure(_: Endpoint) -> Result<Endpoint, String> {
    Err(super::http::NO_TLS.to_owned())
}

fn metadata(headers: &Headers) -> Result<MetadataMap, String> {
    let mut map = MetadataMap::new();
    for (name, value) in &headers.0 {
        let key = MetadataKey::from_bytes(name.to_ascii_lowercase().as_bytes())
            .map_err(|_| format!("`{name}` is not a header's name"))?;
        // The value may be a secret: it is not shown.
        let value = MetadataValue::try_from(value.as_str()).map_err(|_| {
            format!("the value of header `{name}` has characters that no header can have")
        })?;
        map.insert(key, value);
    }
    Ok(map)
}
