//! Placing an order: a price from the peer, then one transaction.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tracing::{info, instrument};

use crate::app::AppState;
use crate::failure::Refusal;
use crate::pricing::Quote;
use crate::store::NewOrder;
use crate::tenant::Tenant;

#[derive(Deserialize)]
pub(crate) struct Wish {
    product: i64,
    quantity: i64,
}

#[derive(Serialize)]
pub(crate) struct Placed {
    order: i64,
    total_cents: i64,
}

/// Places an order; it is not paid yet.
#[instrument(skip_all, fields(%tenant, product = wish.product), err)]
pub(crate) async fn place_order(
    State(state): State<AppState>,
    tenant: Tenant,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Json<Placed>), Refusal> {
    let quote = state
        .pricing
        .quote(wish.product, wish.quantity)
        .await
        .map_err(Refusal::Pricing)?;
    let total_cents = total(quote, wish.quantity);
    let order = NewOrder {
        tenant: &tenant.to_string(),
        product: wish.product,
        quantity: wish.quantity,
        total_cents,
    };
    let order = state.store.record_order(order).await?;
    metrics::counter!("shop_orders_placed_total").increment(1);
    info!(order, total_cents, quantity = wish.quantity, "order placed");
    Ok((StatusCode::CREATED, Json(Placed { order, total_cents })))
}

fn total(quote: Quote, quantity: i64) -> i64 {
    quote.unit_cents * quantity * (100 - quote.discount_percent) / 100
}
