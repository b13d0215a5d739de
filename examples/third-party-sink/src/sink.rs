//! The sink: a batch of records, written in one call.

use std::fs::File;
use std::io::Write;

use rheostat_core::sink::{Answer, Batch, Failure, Sink, Verdict};

use crate::encode;

/// An open file.
pub(crate) struct Csv(pub(crate) File);

impl Sink for Csv {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        let mut text = String::new();
        for record in batch.records() {
            encode::line(&record, &mut text);
        }
        // A half-written batch is written again as a whole: at least once, as the queue promises.
        let verdict = match self.0.write_all(text.as_bytes()) {
            Ok(()) => Verdict::Delivered,
            Err(error) => Verdict::retry(Failure::because("cannot write a batch", error)),
        };
        Box::pin(std::future::ready(verdict))
    }
}
