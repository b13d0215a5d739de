//! How a request reaches a collector, or a file, and what became of it.

use prost::Message;
use rheostat_core::sink::{Around, Failure, Verdict};
use rheostat_http::{Call, Code, Grpc};
use rheostat_policy::model;
use serde::Serialize;

use crate::lines::Lines;
use crate::partial;

/// What a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Records.
    Logs,
    /// Points of metrics.
    Metrics,
    /// Spans.
    Traces,
}

/// The key that says where a collector is.
const PLACE: &str = "endpoint";

/// One collector or file, whatever of the three kinds is sent there.
pub struct Client(Way);

enum Way {
    Grpc(Box<Grpc>),
    Http(Box<rheostat_http::Client>),
    File(Lines),
}

impl Client {
    /// Of the keys of a sink. A file is opened; nobody is connected to before the first request.
    ///
    /// # Errors
    ///
    /// A key, or a file that it names, is not what it should be.
    pub fn stage(sink: &model::Sink, around: &Around<'_>) -> Result<Self, Failure> {
        if let Some(path) = sink.args.text("path") {
            return Ok(Self(Way::File(Lines::open(&around.path(path))?)));
        }
        let protocol = sink.args.text("protocol").map(|protocol| &**protocol);
        if protocol != Some("http") {
            let grpc = Grpc::at(PLACE, sink, around, "Bearer")?;
            return Ok(Self(Way::Grpc(Box::new(grpc))));
        }
        let mut http = rheostat_http::Client::at(PLACE, sink, around, "Bearer")?;
        // The address of one kind is as good as that of the collector.
        for signal in [Signal::Logs, Signal::Metrics, Signal::Traces] {
            if http.cut_path(signal.path()) {
                break;
            }
        }
        Ok(Self(Way::Http(Box::new(http))))
    }

    /// Whether it is told that a request was taken.
    pub fn acknowledges(&self) -> bool {
        !matches!(self.0, Way::File(_))
    }

    /// Ships a request with so many records, points or spans, once.
    pub async fn ship(
        &mut self,
        signal: Signal,
        request: &(impl Message + Serialize),
        items: usize,
    ) -> Verdict {
        match &mut self.0 {
            Way::File(lines) => lines.write(request),
            Way::Grpc(grpc) => {
                let answer = grpc.call(signal.method(), request.encode_to_vec()).await;
                match answer {
                    Ok((status, body)) if status.code() == Code::Ok => {
                        partial::verdict(grpc.server(), &body, items)
                    }
                    Ok((status, _)) => status.verdict(),
                    Err(verdict) => verdict,
                }
            }
            Way::Http(http) => {
                let body = request.encode_to_vec();
                let call = Call::post(signal.path(), "application/x-protobuf", body);
                match http.send(call).await {
                    Ok(answer) if answer.status().is_success() => {
                        partial::verdict(http.server(), answer.body(), items)
                    }
                    Ok(answer) => {
                        answer.verdict_because(answer.failure_because(&answer.rpc_reason()))
                    }
                    Err(verdict) => verdict,
                }
            }
        }
    }
}

impl Signal {
    fn path(self) -> &'static str {
        match self {
            Self::Logs => "/v1/logs",
            Self::Metrics => "/v1/metrics",
            Self::Traces => "/v1/traces",
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
            Self::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            Self::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        }
    }
}
