//! The route that a load balancer asks every second.

use tracing::instrument;

/// Always well.
#[instrument]
pub(crate) async fn health() -> &'static str {
    "ok"
}
