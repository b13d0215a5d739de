//! The client of one sink, whatever it speaks.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

use super::file::FileExporter;
use super::grpc::GrpcExporter;
use super::http::HttpExporter;
use crate::pipe::{Settings, Target};

/// What a sink answered to a batch.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It took the batch, but for this many spans.
    Delivered { refused: u64, why: Option<String> },
    /// It can never take this batch.
    Refused { why: String },
    /// It could not take it now.
    Later {
        after: Option<Duration>,
        why: String,
    },
}

/// The client of one sink.
pub(crate) struct Exporter {
    resource: ResourceAttributesWithSchema,
    client: Client,
}

enum Client {
    Grpc(Box<GrpcExporter>),
    Http(Box<HttpExporter>),
    File(FileExporter),
}

impl Exporter {
    /// A client for these settings; nothing is connected before the first batch.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let client = match &settings.target {
            Target::Grpc(url) => Client::Grpc(Box::new(GrpcExporter::new(url, &settings.headers)?)),
            Target::Http(url) => Client::Http(Box::new(HttpExporter::new(url, &settings.headers)?)),
            Target::File(path) => Client::File(FileExporter::new(path)?),
        };
        Ok(Self {
            resource: (&resource(&settings.resource)).into(),
            client,
        })
    }

    /// Ships a batch, once.
    pub(crate) async fn export(&mut self, spans: Vec<SpanData>) -> Answer {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        match &mut self.client {
            Client::Grpc(client) => client.export(request).await,
            Client::Http(client) => client.export(&request).await,
            Client::File(client) => client.export(&request),
        }
    }
}

fn resource(attributes: &[(String, String)]) -> Resource {
    let attributes = attributes
        .iter()
        .map(|(key, value)| opentelemetry::KeyValue::new(key.clone(), value.clone()));
    Resource::builder_empty()
        .with_attributes(attributes)
        .build()
}

/// A collector may take a batch and refuse some of it.
pub(super) fn delivered(response: ExportTraceServiceResponse) -> Answer {
    match response.partial_success {
        Some(partial) if partial.rejected_spans > 0 => Answer::Delivered {
            refused: partial.rejected_spans.unsigned_abs(),
            why: Some(format!(
                "{} spans refused: {}",
                partial.rejected_spans, partial.error_message
            )),
        },
        _ => Answer::Delivered {
            refused: 0,
            why: None,
        },
    }
}

/// An error and its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Some clients print the cause in the error too.
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = inner.source();
    }
    line
}
