//! What a request gets.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE,
};
use hyper::{Method, Request, Response, StatusCode};

use super::guard::Guard;
use crate::expose::Format;
use crate::registry::Registry;

/// What serves the requests of all connections.
#[derive(Clone)]
pub(super) struct Routes {
    pub(super) registry: Registry,
    pub(super) guard: Guard,
}

impl Routes {
    /// The answer to a request.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let authorization = request.headers().get(AUTHORIZATION);
        if !self.guard.admits(authorization.map(HeaderValue::as_bytes)) {
            let mut answer = plain(StatusCode::UNAUTHORIZED, "a bearer token is needed\n");
            set(&mut answer, WWW_AUTHENTICATE, "Bearer");
            return answer;
        }
        if request.uri().path() != "/metrics" {
            return plain(
                StatusCode::NOT_FOUND,
                "nothing is here; the metrics are at /metrics\n",
            );
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut answer = plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "metrics can only be read, with GET\n",
            );
            set(&mut answer, ALLOW, "GET, HEAD");
            return answer;
        }
        self.metrics(request)
    }

    fn metrics<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let accept: Vec<&str> = request
            .headers()
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let format = Format::accepted(Some(&accept.join(",")));
        let page = format.render(&self.registry.snapshot());
        let mut answer = Response::new(Full::new(Bytes::from(page)));
        set(&mut answer, CONTENT_TYPE, format.content_type());
        set(&mut answer, CACHE_CONTROL, "no-store");
        answer
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *answer.status_mut() = status;
    set(&mut answer, CONTENT_TYPE, "text/plain; charset=utf-8");
    answer
}

fn set(answer: &mut Response<Full<Bytes>>, name: hyper::header::HeaderName, value: &'static str) {
    answer
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
