//! A thread's own end of the flow: its ring, its number, its sequence.

use std::sync::Arc;

use super::ring::{Full, Level, Writer};
use crate::record::thread_number;

/// What a thread keeps for itself while it lives.
#[derive(Debug)]
pub(crate) struct Producer {
    /// Absent when all rings are leased: then the shared one serves.
    pub(super) writer: Option<Writer>,
    /// The number its entries carry.
    pub(super) thread: u32,
    seq: u64,
}

impl Producer {
    pub(super) fn new(writer: Option<Writer>, thread: u32) -> Self {
        Self {
            writer,
            thread,
            seq: 0,
        }
    }

    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    #[inline]
    pub(super) fn write(
        &mut self,
        encode: impl FnMut(&mut [u8]) -> Option<usize>,
    ) -> Option<Result<Level, Full>> {
        Some(self.writer.as_mut()?.write(encode))
    }
}

/// How a thread is called in records: its name where it has one, and a number
/// that no other thread of this process has or had.
pub(super) fn label() -> Arc<str> {
    let number = thread_number();
    match std::thread::current().name() {
        Some(name) => format!("{name}#{number}").into(),
        None => format!("#{number}").into(),
    }
}
