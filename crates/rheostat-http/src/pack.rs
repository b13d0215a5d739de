//! Packing of what is sent.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use rheostat_core::sink::Failure;

/// Less than this is sent as it is.
const WORTH_PACKING: usize = 1024;

/// Whether packing can gain anything.
pub(crate) fn is_worth_packing(body: &[u8]) -> bool {
    body.len() >= WORTH_PACKING
}

/// A body as gzip.
pub(crate) fn gzip(body: &[u8]) -> Result<Vec<u8>, Failure> {
    let cannot = |error| Failure::because("cannot pack a request", error);
    let room = Vec::with_capacity(body.len() / 4);
    let mut encoder = GzEncoder::new(room, Compression::fast());
    encoder.write_all(body).map_err(cannot)?;
    encoder.finish().map_err(cannot)
}
