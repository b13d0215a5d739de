//! Calls by gRPC: one message there, one back, over HTTP/2.
//!
//! Two things are all that gRPC adds to HTTP here: five bytes before each
//! message, and a status behind the answer. A whole framework for them would
//! bring a second way to connect, to wait and to trust.

use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TE};
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rheostat_core::sink::{Around, Failure, Verdict};
use rheostat_policy::model;
use rheostat_tls::ClientConfig;
use tokio::time::timeout;

use crate::connect::{Version, connector};
use crate::options::{Options, Server};
use crate::pack::{gzip, is_worth_packing};
use crate::status::GrpcStatus;

/// What stands before a message: whether it is packed, and its length.
const PREFIX: usize = 5;

/// As much as clients of gRPC take by default. Whoever answers with more is not understood.
const MOST_ANSWER: usize = 4 << 20;

/// One server that is spoken to by gRPC, and the connection to it.
///
/// Nobody is connected to before the first call. A call that got no answer lets
/// its connection go, because nothing is known of it, so the next begins anew.
pub struct Grpc {
    pool: Connections,
    server: Server,
    headers: HeaderMap,
    tls: ClientConfig,
    timeout: Duration,
    gzip: bool,
}

type Connections = Pool<HttpsConnector<HttpConnector>, Full<Bytes>>;

impl Grpc {
    /// Of the keys of a sink, one of which says where the server is. `scheme`
    /// stands before its `token`, mostly `Bearer`.
    ///
    /// # Errors
    ///
    /// A key, or a file that it names, is not what it should be.
    pub fn at(
        key: &str,
        sink: &model::Sink,
        around: &Around<'_>,
        scheme: &str,
    ) -> Result<Self, Failure> {
        let options = Options::read(key, sink, around, scheme)?;
        if options.server.path() != "/" {
            let why = format!("its `{key}` has a path, and gRPC has paths of its own");
            return Err(Failure::new(why));
        }
        Ok(Self {
            pool: connections(&options.tls, options.timeout),
            server: options.server,
            headers: options.headers,
            tls: options.tls,
            timeout: options.timeout,
            gzip: options.gzip,
        })
    }

    /// The server's name for people: host and port.
    pub fn server(&self) -> &str {
        self.server.shown()
    }

    /// Calls a method, such as `/package.Service/Method`, and gives what came back.
    ///
    /// # Errors
    ///
    /// The verdict where there is no answer: nobody reached, none in time.
    pub async fn call(
        &mut self,
        method: &str,
        message: Vec<u8>,
    ) -> Result<(GrpcStatus, Bytes), Verdict> {
        let request = self
            .request(method, message)
            .map_err(Verdict::Misconfigured)?;
        let why = match timeout(self.timeout, self.exchange(request)).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(why)) => why,
            Err(_) => {
                let (server, limit) = (self.server(), self.timeout.as_secs_f64());
                Failure::new(format!("{server} did not answer within {limit} s"))
            }
        };
        self.pool = connections(&self.tls, self.timeout);
        Err(Verdict::retry(why))
    }

    fn request(&self, method: &str, message: Vec<u8>) -> Result<Request<Full<Bytes>>, Failure> {
        let packed = self.gzip && is_worth_packing(&message);
        let message = if packed { gzip(&message)? } else { message };
        let length = u32::try_from(message.len())
            .map_err(|_| Failure::new("a request of more than 4 GiB cannot be sent"))?;
        let mut body = Vec::with_capacity(PREFIX + message.len());
        body.push(u8::from(packed));
        body.extend_from_slice(&length.to_be_bytes());
        body.extend_from_slice(&message);

        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        let limit = format!("{}m", self.timeout.as_millis().min(99_999_999));
        if let Ok(limit) = HeaderValue::from_str(&limit) {
            headers.insert(HeaderName::from_static("grpc-timeout"), limit);
        }
        if packed {
            let how = HeaderName::from_static("grpc-encoding");
            headers.insert(how, HeaderValue::from_static("gzip"));
        }
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.server.uri(method)?;
        *request.version_mut() = http::Version::HTTP_2;
        *request.headers_mut() = headers;
        Ok(request)
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(GrpcStatus, Bytes), Failure> {
        let server = self.server();
        let response: Response<_> = self
            .pool
            .request(request)
            .await
            .map_err(|error| Failure::because(format!("cannot reach {server}"), error))?;
        let (head, body) = response.into_parts();
        // Without a body there are no trailers either: the status is in the head.
        if let Some(status) = GrpcStatus::read(server, &head.headers) {
            return Ok((status, Bytes::new()));
        }
        if !head.status.is_success() {
            let status = GrpcStatus::of_http(server, head.status, &head.headers);
            return Ok((status, Bytes::new()));
        }
        let whole = Limited::new(body, MOST_ANSWER).collect().await;
        let whole = whole.map_err(|error| {
            Failure::because(format!("cannot read the answer of {server}"), error)
        })?;
        let status = whole
            .trailers()
            .and_then(|trailers| GrpcStatus::read(server, trailers))
            .unwrap_or_else(|| GrpcStatus::none(server));
        let mut body = whole.to_bytes();
        // We ask for nothing packed, so what stands before the message says nothing new.
        body.advance(PREFIX.min(body.len()));
        Ok((status, body))
    }
}

fn connections(tls: &ClientConfig, limit: Duration) -> Connections {
    Pool::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .http2_only(true)
        .build(connector(tls.clone(), limit, Version::Http2))
}
