//! One server, and the connections to it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rheostat_core::sink::{Around, Failure, Verdict};
use rheostat_policy::Diagnostic;
use rheostat_policy::model;
use rheostat_queue::cannot_open;
use tokio::time::timeout;

use crate::answer::Answer;
use crate::connect::{Version, connector};
use crate::options::{Options, Server};
use crate::pack::{gzip, is_worth_packing};

/// One server, and the connections to it.
///
/// Made on the thread that applies a policy, used on the sink's worker. Nobody
/// is connected to before the first call. Dropping a call's future closes the
/// connection it ran on, so the next call begins anew.
pub struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    server: Server,
    headers: HeaderMap,
    timeout: Duration,
    gzip: bool,
}

/// One request.
pub struct Call<'c> {
    /// The method.
    pub method: Method,
    /// The path behind that of the policy's `url`, with its query; empty for the `url` itself.
    pub path: &'c str,
    /// What the body is.
    pub content_type: &'static str,
    /// Headers that only this kind of call has.
    pub headers: &'c [(&'static str, &'c str)],
    /// The body; packed on its way if the policy wants it so.
    pub body: Bytes,
    /// How much of an answer is read at all, in bytes.
    pub most: usize,
}

/// Enough for any reason a server gives.
const MOST_REASON: usize = 64 * 1024;

impl<'c> Call<'c> {
    /// A POST whose answer is short.
    pub fn post(path: &'c str, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            method: Method::POST,
            path,
            content_type,
            headers: &[],
            body: body.into(),
            most: MOST_REASON,
        }
    }
}

impl Client {
    /// Of the keys of a sink. `scheme` stands before its `token`, mostly `Bearer`.
    ///
    /// # Errors
    ///
    /// A key, or a file that it names, is not what it should be.
    pub fn stage(
        sink: &model::Sink,
        around: &Around<'_>,
        scheme: &str,
    ) -> Result<Self, Box<Diagnostic>> {
        Self::at("url", sink, around, scheme).map_err(|why| Box::new(cannot_open(sink, &why)))
    }

    /// The same where another key than `url` says where the server is.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn at(
        key: &str,
        sink: &model::Sink,
        around: &Around<'_>,
        scheme: &str,
    ) -> Result<Self, Failure> {
        let options = Options::read(key, sink, around, scheme)?;
        let connector = connector(options.tls, options.timeout, Version::Http1);
        Ok(Self {
            pool: Pool::builder(TokioExecutor::new())
                .pool_max_idle_per_host(1)
                .build(connector),
            server: options.server,
            headers: options.headers,
            timeout: options.timeout,
            gzip: options.gzip,
        })
    }

    /// The path of the policy's `url`; `/` where it has none.
    pub fn path(&self) -> &str {
        self.server.path()
    }

    /// Takes this off the end of the path, if it ends so; whether it did.
    pub fn cut_path(&mut self, end: &str) -> bool {
        self.server.cut_path(end)
    }

    /// The server's name for people: host and port.
    pub fn server(&self) -> &str {
        self.server.shown()
    }

    /// Makes a call and reads the answer, whatever its status.
    ///
    /// # Errors
    ///
    /// The verdict where there is no answer: nobody reached, none in time.
    pub async fn send(&self, call: Call<'_>) -> Result<Answer, Verdict> {
        let most = call.most;
        let request = self.request(call).map_err(Verdict::Misconfigured)?;
        match timeout(self.timeout, self.exchange(request, most)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(why)) => Err(Verdict::retry(why)),
            Err(_) => {
                let (server, limit) = (self.server(), self.timeout.as_secs_f64());
                let why = format!("{server} did not answer within {limit} s");
                Err(Verdict::retry(Failure::new(why)))
            }
        }
    }

    fn request(&self, call: Call<'_>) -> Result<Request<Full<Bytes>>, Failure> {
        let mut headers = self.headers.clone();
        let (body, packed) = self.packed(call.body)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(call.content_type));
        // Answers are read as they come: nothing unpacks them.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        for (name, value) in call.headers {
            let value = HeaderValue::from_str(value)
                .map_err(|_| Failure::new(format!("cannot write the header `{name}`")))?;
            headers.insert(*name, value);
        }
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = call.method;
        *request.uri_mut() = self.server.uri(call.path)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn packed(&self, body: Bytes) -> Result<(Bytes, bool), Failure> {
        if !self.gzip || !is_worth_packing(&body) {
            return Ok((body, false));
        }
        Ok((gzip(&body)?.into(), true))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Answer, Failure> {
        let broken = |doing: &str, error: Box<dyn std::error::Error + Send + Sync>| {
            Failure::because(format!("{doing} {}", self.server()), error)
        };
        let response = self
            .pool
            .request(request)
            .await
            .map_err(|error| broken("cannot reach", error.into()))?;
        let (head, mut rest) = response.into_parts();
        let mut body = Vec::new();
        while let Some(frame) = rest.frame().await {
            let frame = frame.map_err(|error| broken("cannot read the answer of", error.into()))?;
            let Some(data) = frame.data_ref() else {
                continue;
            };
            let room = most - body.len();
            body.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                // Whoever answers without end is hung up on.
                break;
            }
        }
        Ok(Answer::new(self.server(), head, body))
    }
}
