//! What a server answered, and what its status means for a batch.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};
use http::response::Parts;
use prost::Message as _;
use rheostat_core::sink::{Failure, Verdict};

use crate::status::RpcStatus;

/// The longest part of a reason that people are shown, in characters.
const MOST_SHOWN: usize = 600;

/// An answer, read to its end or to as much as was wanted of it.
pub struct Answer {
    server: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(server: &str, head: Parts, body: Vec<u8>) -> Self {
        Self {
            server: server.to_owned(),
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body; a part of it where it is longer than was wanted.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text, for people: one line, bounded.
    pub fn reason(&self) -> String {
        shown(&String::from_utf8_lossy(&self.body))
    }

    /// How long the server wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }

    /// The reason in a body that is a `google.rpc.Status`, as servers of protobuf send it; else the body as text.
    pub fn rpc_reason(&self) -> String {
        let is_protobuf = self
            .header("content-type")
            .is_some_and(|said| said.starts_with("application/x-protobuf"));
        match RpcStatus::decode(&*self.body) {
            Ok(status) if is_protobuf => shown(&status.message),
            _ => self.reason(),
        }
    }

    /// Says what the server answered, with its own reason as the cause.
    pub fn failure(&self) -> Failure {
        self.failure_because(&self.reason())
    }

    /// The same where the reason was found in the body.
    pub fn failure_because(&self, reason: &str) -> Failure {
        let doing = format!("{} answered {}", self.server, self.status);
        match reason.trim() {
            "" => Failure::new(doing),
            reason => Failure::because(doing, shown(reason)),
        }
    }

    /// What the status says, where the body says no more.
    ///
    /// | status | verdict |
    /// |---|---|
    /// | 2xx | delivered |
    /// | 408, 425, 429, 5xx but 501 | again, after `Retry-After` |
    /// | 3xx, 401, 402, 403, 404, 405, 407, 410, 421, 501 | misconfigured |
    /// | 400, 413, 422 and others | refused as a whole |
    pub fn verdict(&self) -> Verdict {
        self.verdict_because(self.failure())
    }

    /// The same where the reason is told in other words.
    pub fn verdict_because(&self, why: Failure) -> Verdict {
        match self.status.as_u16() {
            200..=299 => Verdict::Delivered,
            300..=399 | 401..=405 | 407 | 410 | 421 | 501 => Verdict::Misconfigured(why),
            408 | 425 | 429 | 500.. => Verdict::RetryAfter {
                delivered: 0,
                after: self.retry_after(),
                why,
            },
            _ => Verdict::RefusedWhole(why),
        }
    }
}

/// What `Retry-After` says: seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let said = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(said).ok()?;
    Some(at.duration_since(SystemTime::now()).unwrap_or_default())
}

/// What a server says as people are shown it: one line without what could steer a terminal, and not too long.
pub fn shown(text: &str) -> String {
    let text = text.trim();
    let mut line: String = text
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .take(MOST_SHOWN)
        .collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, header: Option<&str>, body: &str) -> Answer {
        let mut response = http::Response::builder().status(status);
        if let Some(value) = header {
            response = response.header(RETRY_AFTER, value);
        }
        let (head, ()) = response.body(()).unwrap().into_parts();
        Answer::new("h:1", head, body.into())
    }

    #[test]
    fn each_status_has_its_verdict() {
        let word = |status| match answer(status, None, "").verdict() {
            Verdict::Delivered => "delivered",
            Verdict::RetryAfter { .. } => "again",
            Verdict::Misconfigured(_) => "misconfigured",
            Verdict::RefusedWhole(_) => "refused",
            _ => "else",
        };
        let all = |statuses: &[u16]| statuses.iter().map(|one| word(*one)).collect::<Vec<_>>();
        assert_eq!(all(&[200, 204]), ["delivered"; 2]);
        assert_eq!(all(&[408, 429, 500, 503, 507]), ["again"; 5]);
        assert_eq!(all(&[301, 401, 403, 404, 405, 501]), ["misconfigured"; 6]);
        assert_eq!(all(&[400, 411, 413, 422]), ["refused"; 4]);
    }

    #[test]
    fn a_server_says_how_long_it_wants_to_be_left_alone() {
        let after = |value| answer(429, Some(value), "").retry_after();
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("Thu, 01 Jan 1970 00:00:10 GMT"), Some(Duration::ZERO));
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        assert!(after(&soon).unwrap() > Duration::from_secs(90));
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        let long = "x".repeat(10_000);
        let reason = answer(400, None, &format!(" no\n\u{1b}[31msuch {long}")).reason();
        assert!(reason.starts_with("no  [31msuch xxx"));
        assert_eq!(reason.chars().count(), MOST_SHOWN + 1);
    }

    #[test]
    fn a_failure_names_the_server_and_its_reason_once() {
        let failure = answer(400, None, "no such field").failure();
        assert_eq!(failure.to_string(), "h:1 answered 400 Bad Request");
        let cause = std::error::Error::source(&failure).unwrap();
        assert_eq!(cause.to_string(), "no such field");
    }
}
