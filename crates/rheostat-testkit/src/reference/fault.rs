//! In which way the server goes wrong.

use std::time::Duration;

/// What the server does with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Takes it and says so.
    #[default]
    None,
    /// Reads a part of it, takes nothing and resets the connection.
    ResetMidBatch,
    /// Takes it and resets the connection before it answers.
    ResetBeforeAnswer,
    /// Reads nothing and answers nothing.
    Hang,
    /// Takes it and answers one byte each so often.
    Drip(Duration),
    /// Says that it is broken, as a 500 does.
    Broken,
    /// Says that it is too much just now, and how long to wait, as a 429 does.
    TooMany(Duration),
    /// Refuses more than so many records at once, as a 413 does.
    TooLarge(usize),
    /// Refuses a batch with a number that this divides, and does not say why.
    RefuseWhole(u64),
    /// Names the numbers that this divides as refused, and takes the others.
    RefuseSome(u64),
    /// Refuses as above, takes every other of the rest, and wants the others later.
    Partly(u64),
    /// Does not know the sink, as a 403 does, and quotes what it said.
    Deny,
}
