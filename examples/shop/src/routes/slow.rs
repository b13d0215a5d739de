//! The route that takes as long as it is told, for looking at latency.

use std::time::Duration;

use axum::extract::Query;
use serde::Deserialize;
use tracing::{instrument, warn};

/// Nobody is served more slowly than this.
const LONGEST_MS: u64 = 2_000;

#[derive(Deserialize)]
pub(crate) struct Wish {
    ms: u64,
}

/// Answers after `?ms=` milliseconds.
#[instrument(skip_all, fields(ms = wish.ms))]
pub(crate) async fn slow(Query(wish): Query<Wish>) -> String {
    let ms = wish.ms.min(LONGEST_MS);
    if ms < wish.ms {
        warn!(
            asked_ms = wish.ms,
            given_ms = ms,
            "asked for more patience than there is"
        );
    }
    tokio::time::sleep(Duration::from_millis(ms)).await;
    format!("waited {ms} ms")
}
