//! The formats in which sinks of bytes write records.
//!
//! | format | for | framing |
//! |---|---|---|
//! | `json` | programs and people | one line |
//! | `logfmt` | programs and people | one line |
//! | `pretty` | people | one line |
//! | `cbor` | programs | a CBOR sequence, the keys of `json` |
//! | `compact` | programs | a CBOR sequence, numbers for keys |
//!
//! All of them escape what could steer a terminal, and none allocates per
//! record once its buffer has grown.

mod cbor;
mod choice;
mod emit;
mod escape;
mod json;
mod line_protocol;
mod logfmt;
mod number;
mod pretty;
mod template;
mod time;

pub use choice::{Format, rfc3339};
pub use emit::Key;
pub use escape::plain as printable;
pub use line_protocol::LineProtocol;
pub use number::{base64, plain};
pub use template::fill;

#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
