//! RH52x: what only a running program can know.
//!
//! The check of a text alone finds none of these: they come when a policy is
//! applied, and the one that was in force stays in force.

use super::{Code, error};

/// `sink-not-opened`
pub const SINK_NOT_OPENED: Code = error(
    "RH520",
    "sink-not-opened",
    "A local resource of the sink, such as its file, cannot be opened. Found when the policy is \
     applied, so nothing of it is; the policy that was in force stays in force. A server that \
     cannot be reached is no such mistake: its sink waits for it.",
);

/// `cannot-listen`
pub const CANNOT_LISTEN: Code = error(
    "RH521",
    "cannot-listen",
    "Nothing can listen at the address of `[http]`: it is taken, not of this machine, or not \
     allowed. Found when the policy is applied, so nothing of it is; the policy that was in force \
     stays in force.",
);

/// All of them.
pub const ALL: &[Code] = &[SINK_NOT_OPENED, CANNOT_LISTEN];
