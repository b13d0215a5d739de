//! What a server answered by gRPC, and what its code means for a batch.

use std::time::Duration;

use http::StatusCode;
use http::header::HeaderMap;
use prost::Message as _;
use rheostat_core::sink::{Failure, Verdict};

use crate::answer::{retry_after, shown};

/// The status of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcStatus {
    server: String,
    code: Code,
    message: String,
    after: Option<Duration>,
}

macro_rules! codes {
    ($($number:literal $name:ident $shown:literal,)*) => {
        /// The code of a status, as gRPC has them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "they are gRPC's own, and described there")]
        pub enum Code {
            $($name,)*
        }

        impl Code {
            fn numbered(number: &str) -> Self {
                match number {
                    $(stringify!($number) => Self::$name,)*
                    _ => Self::Unknown,
                }
            }

            /// Its name, as gRPC writes it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $shown,)*
                }
            }
        }
    };
}

codes! {
    0 Ok "OK",
    1 Cancelled "CANCELLED",
    2 Unknown "UNKNOWN",
    3 InvalidArgument "INVALID_ARGUMENT",
    4 DeadlineExceeded "DEADLINE_EXCEEDED",
    5 NotFound "NOT_FOUND",
    6 AlreadyExists "ALREADY_EXISTS",
    7 PermissionDenied "PERMISSION_DENIED",
    8 ResourceExhausted "RESOURCE_EXHAUSTED",
    9 FailedPrecondition "FAILED_PRECONDITION",
    10 Aborted "ABORTED",
    11 OutOfRange "OUT_OF_RANGE",
    12 Unimplemented "UNIMPLEMENTED",
    13 Internal "INTERNAL",
    14 Unavailable "UNAVAILABLE",
    15 DataLoss "DATA_LOSS",
    16 Unauthenticated "UNAUTHENTICATED",
}

/// `google.rpc.Status`, which servers send along with a refusal.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    delay: Option<Delay>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl GrpcStatus {
    /// Reads it where it is there: among the trailers, or in a head without a body.
    pub(crate) fn read(server: &str, headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let number = text("grpc-status")?;
        let details = text("grpc-status-details-bin").and_then(unpacked);
        Some(Self {
            server: server.to_owned(),
            code: Code::numbered(number.trim()),
            message: text("grpc-message").map(decoded).unwrap_or_default(),
            after: details.as_deref().and_then(wanted_wait),
        })
    }

    /// Of an answer that somebody between gave, as gRPC translates it.
    pub(crate) fn of_http(server: &str, status: StatusCode, headers: &HeaderMap) -> Self {
        Self {
            server: server.to_owned(),
            code: match status.as_u16() {
                400 => Code::Internal,
                401 => Code::Unauthenticated,
                403 => Code::PermissionDenied,
                404 => Code::Unimplemented,
                429 | 502 | 503 | 504 => Code::Unavailable,
                _ => Code::Unknown,
            },
            message: format!("HTTP {status}"),
            after: retry_after(headers),
        }
    }

    /// Of an answer without one.
    pub(crate) fn none(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            code: Code::Unimplemented,
            message: "this is no answer by gRPC".to_owned(),
            after: None,
        }
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Says what the server answered, with its own reason as the cause.
    pub fn failure(&self) -> Failure {
        let doing = format!("{} answered {}", self.server, self.code.as_str());
        match self.message.trim() {
            "" => Failure::new(doing),
            reason => Failure::because(doing, shown(reason)),
        }
    }

    /// What the code says.
    ///
    /// | code | verdict |
    /// |---|---|
    /// | OK | delivered |
    /// | CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS | again, after `RetryInfo` |
    /// | RESOURCE_EXHAUSTED with `RetryInfo` | again, after that; without, it is too large: refused as a whole |
    /// | UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, NOT_FOUND, FAILED_PRECONDITION | misconfigured |
    /// | INVALID_ARGUMENT, ALREADY_EXISTS, INTERNAL, UNKNOWN | refused as a whole |
    pub fn verdict(&self) -> Verdict {
        let why = self.failure();
        match self.code {
            Code::Ok => Verdict::Delivered,
            Code::ResourceExhausted if self.after.is_none() => Verdict::RefusedWhole(why),
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss => Verdict::RetryAfter {
                delivered: 0,
                after: self.after,
                why,
            },
            Code::Unauthenticated
            | Code::PermissionDenied
            | Code::Unimplemented
            | Code::NotFound
            | Code::FailedPrecondition => Verdict::Misconfigured(why),
            Code::InvalidArgument | Code::AlreadyExists | Code::Internal | Code::Unknown => {
                Verdict::RefusedWhole(why)
            }
        }
    }
}

/// How long the details of a status ask to wait.
fn wanted_wait(details: &[u8]) -> Option<Duration> {
    let status = RpcStatus::decode(details).ok()?;
    let info = status
        .details
        .iter()
        .find(|one| one.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let delay = RetryInfo::decode(&*info.value).ok()?.delay?;
    let seconds = u64::try_from(delay.seconds).ok()?;
    Some(Duration::new(seconds, u32::try_from(delay.nanos).ok()?))
}

/// A text in which what is no plain ASCII stands as `%E4`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Bytes that were written as base64, with padding or without.
fn unpacked(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(headers: &[(&'static str, &str)]) -> GrpcStatus {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        GrpcStatus::read("h:1", &map).unwrap()
    }

    /// A status with a RetryInfo of two and a half seconds, written by hand from the published messages.
    const WAIT: &str =
        "CAgSBHNsb3caNgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIKCggIAhCAyrXuAQ";

    #[test]
    fn each_code_has_its_verdict() {
        let word = |code: u32| match status(&[("grpc-status", &code.to_string())]).verdict() {
            Verdict::Delivered => "delivered",
            Verdict::RetryAfter { .. } => "again",
            Verdict::Misconfigured(_) => "misconfigured",
            Verdict::RefusedWhole(_) => "refused",
            _ => "else",
        };
        let all = |codes: &[u32]| codes.iter().map(|one| word(*one)).collect::<Vec<_>>();
        assert_eq!(all(&[0]), ["delivered"]);
        assert_eq!(all(&[1, 4, 10, 11, 14, 15]), ["again"; 6]);
        assert_eq!(all(&[5, 7, 9, 12, 16]), ["misconfigured"; 5]);
        assert_eq!(all(&[2, 3, 6, 8, 13, 99]), ["refused"; 6]);
    }

    #[test]
    fn a_server_out_of_room_is_asked_again_where_it_says_when() {
        let status = status(&[("grpc-status", "8"), ("grpc-status-details-bin", WAIT)]);
        let Verdict::RetryAfter { after, .. } = status.verdict() else {
            panic!("{status:?}")
        };
        assert_eq!(after, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn a_reason_is_decoded_and_named_once() {
        let status = status(&[("grpc-status", "3"), ("grpc-message", "zu gro%C3%9F, 100%")]);
        let failure = status.failure();
        assert_eq!(failure.to_string(), "h:1 answered INVALID_ARGUMENT");
        let cause = std::error::Error::source(&failure).unwrap();
        assert_eq!(cause.to_string(), "zu groß, 100%");
    }

    #[test]
    fn an_answer_of_somebody_between_is_translated() {
        let code = |status| {
            let status = StatusCode::from_u16(status).unwrap();
            GrpcStatus::of_http("h:1", status, &HeaderMap::new()).code()
        };
        assert_eq!(code(503), Code::Unavailable);
        assert_eq!(code(401), Code::Unauthenticated);
        assert_eq!(code(418), Code::Unknown);
    }
}
