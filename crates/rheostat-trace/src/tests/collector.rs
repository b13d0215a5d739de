//! A collector that answers as a test says, by HTTP/1 or gRPC over HTTP/2.
//!
//! It decodes protobuf with the crate that encoded it, so it proves the way and
//! not the format; an independent decoder reads the shop's spans elsewhere.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use prost::bytes::Bytes;
use tokio::net::TcpListener;

/// What the collector answers to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// It takes the batch.
    Take,
    /// It takes the batch but for so many spans.
    TakeBut(i64),
    /// An HTTP status, or a gRPC code.
    Fail(u16),
    /// Nothing, ever.
    Hang,
}

/// A running collector; its thread ends with it.
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    alive: Option<tokio::sync::oneshot::Sender<()>>,
}

#[derive(Default)]
struct Shared {
    /// The answers to come; after them it takes everything.
    replies: Mutex<Vec<Reply>>,
    spans: Mutex<Vec<Span>>,
    requests: Mutex<Vec<(String, HeaderMap)>>,
}

impl Collector {
    /// A collector that answers these, in order, and then takes everything.
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        let shared = Arc::new(Shared {
            replies: Mutex::new(replies),
            ..Shared::default()
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let (alive, mut ended) = tokio::sync::oneshot::channel();
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            // What its own h2 does is not what a test is about.
            rheostat_core::internal::mark_own_thread();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                loop {
                    tokio::select! {
                        accepted = listener.accept() => {
                            let Ok((stream, _)) = accepted else { return };
                            tokio::spawn(serve(TokioIo::new(stream), Arc::clone(&served)));
                        }
                        _ = &mut ended => return,
                    }
                }
            });
        });
        Self {
            address,
            shared,
            alive: Some(alive),
        }
    }

    /// The spans it took.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.shared.spans.lock().expect("no panic inside").clone()
    }

    /// The path and headers of each request.
    pub(crate) fn requests(&self) -> Vec<(String, HeaderMap)> {
        self.shared
            .requests
            .lock()
            .expect("no panic inside")
            .clone()
    }

    /// It goes away, with all its connections.
    pub(crate) fn stop(&mut self) {
        self.alive = None;
    }
}

async fn serve(stream: TokioIo<tokio::net::TcpStream>, shared: Arc<Shared>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
    // A client that goes away is no failure of the test.
    let _ = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
        .serve_connection(stream, service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let grpc = head.version == http::Version::HTTP_2;
    // gRPC puts a flag and the length before each message.
    let message = if grpc { body.slice(5..) } else { body };
    let batch = ExportTraceServiceRequest::decode(message).expect("OTLP");
    let path = head.uri.path().to_owned();
    shared
        .requests
        .lock()
        .expect("no panic inside")
        .push((path, head.headers));
    let reply = {
        let mut replies = shared.replies.lock().expect("no panic inside");
        if replies.is_empty() {
            Reply::Take
        } else {
            replies.remove(0)
        }
    };
    let refused = match reply {
        Reply::Take => 0,
        Reply::TakeBut(refused) => refused,
        Reply::Fail(code) => return Ok(failure(grpc, code)),
        Reply::Hang => std::future::pending().await,
    };
    let spans = batch
        .resource_spans
        .into_iter()
        .flat_map(|one| one.scope_spans);
    shared
        .spans
        .lock()
        .expect("no panic inside")
        .extend(spans.flat_map(|one| one.spans));
    let partial_success = (refused > 0).then(|| ExportTracePartialSuccess {
        rejected_spans: refused,
        error_message: "too old".to_owned(),
    });
    Ok(success(
        grpc,
        &ExportTraceServiceResponse { partial_success },
    ))
}

fn success(
    grpc: bool,
    message: &ExportTraceServiceResponse,
) -> Response<BoxBody<Bytes, Infallible>> {
    let message = message.encode_to_vec();
    if !grpc {
        return Response::new(Full::new(Bytes::from(message)).boxed());
    }
    let mut framed = vec![0];
    framed.extend(
        u32::try_from(message.len())
            .expect("it is short")
            .to_be_bytes(),
    );
    framed.extend(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(Bytes::from(framed)).with_trailers(async { Some(Ok(trailers)) });
    let mut response = Response::new(body.boxed());
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/grpc"));
    response
}

fn failure(grpc: bool, code: u16) -> Response<BoxBody<Bytes, Infallible>> {
    let mut response = Response::new(Full::new(Bytes::new()).boxed());
    if grpc {
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/grpc"));
        headers.insert("grpc-status", HeaderValue::from(code));
    } else {
        *response.status_mut() = http::StatusCode::from_u16(code).expect("a status");
    }
    response
}
