//! RH52x: what only a running program can know.
//!
//! The check of a text alone finds none of these. Errors come when a policy is
//! applied, and the one that was in force stays in force; warnings come from
//! the callsites that a program has shown.

use super::{Code, error, warning};

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

/// `name-below-scope-level`
pub const NAME_BELOW_SCOPE_LEVEL: Code = warning(
    "RH522",
    "name-below-scope-level",
    "A rule reads a bare name that its callsites do not declare, and of the spans that declare it \
     none is at `scope_level` or more severe. Such spans lend nothing, so the name is always \
     missing. With a `within` that names the spans they are kept for the rule, whatever their level.",
);

/// `unmatched-so-far`
pub const UNMATCHED_SO_FAR: Code = warning(
    "RH523",
    "unmatched-so-far",
    "None of the callsites in the inventory falls under the rule. A callsite is known once it has \
     run, so this is either a slip of the pen or code that has not run yet.",
);

/// `no-bridge`
pub const NO_BRIDGE: Code = error(
    "RH524",
    "no-bridge",
    "A rule ships spans, and the program has no bridge to make them: it put a subscriber of its own \
     inside Rheostat without the layer for it, or took Rheostat as a layer. Found when the policy is \
     applied, so nothing of it is; the policy that was in force stays in force.",
);

/// All of them.
pub const ALL: &[Code] = &[
    SINK_NOT_OPENED,
    CANNOT_LISTEN,
    NAME_BELOW_SCOPE_LEVEL,
    UNMATCHED_SO_FAR,
    NO_BRIDGE,
];
