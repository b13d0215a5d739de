//! A file of records, rotated by size and age.
//!
//! The current file always has the configured path. Rotation renames it to
//! that path with the moment appended (`audit.jsonl.20261121T223000.000000000Z`)
//! and begins a new one; of the renamed files the newest `keep` stay. A file
//! that was moved away or deleted is begun anew with the next batch, so
//! `logrotate` works without a signal. Where a write fails half way, the file is
//! cut back to its last whole record.

mod rotate;
mod sink;

pub(crate) use rotate::Rotation;
pub(crate) use sink::FileSink;
