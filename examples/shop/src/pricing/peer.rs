//! The pricing service that the shop starts for itself.
//!
//! Prices follow from the product's number alone, so that a load generator can
//! work out what every order must have cost. Product 13 has no price: asking
//! for it fails, and the order with it.

use axum::extract::{Path, Query};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, debug, info_span};

use crate::propagation;

/// The product that nobody can price.
const UNPRICED: i64 = 13;

/// The service's one route.
pub(crate) fn router() -> Router {
    Router::new().route("/price/{product}", get(price))
}

#[derive(Deserialize)]
struct Asked {
    quantity: i64,
}

#[derive(Serialize)]
struct Price {
    unit_cents: i64,
    discount_percent: i64,
}

async fn price(
    headers: HeaderMap,
    Path(product): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Json<Price>, StatusCode> {
    let span = info_span!("price", product, quantity = asked.quantity);
    propagation::continue_trace(&span, &headers);
    look_up(product, asked.quantity).instrument(span).await
}

async fn look_up(product: i64, quantity: i64) -> Result<Json<Price>, StatusCode> {
    if product == UNPRICED {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let price = Price {
        unit_cents: 100 + 25 * product,
        discount_percent: if quantity >= 5 { 10 } else { 0 },
    };
    debug!(price.unit_cents, "priced");
    Ok(Json(price))
}
