//! Paying for an order, which does not always work.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use tracing::{info, instrument, warn};

use crate::app::AppState;
use crate::failure::Refusal;
use crate::tenant::Tenant;

/// The bank of this example declines every card that ends so.
const DECLINED: &str = "0000";

#[derive(Deserialize)]
pub(crate) struct Payment {
    card: String,
}

/// Charges the card and marks the order as paid.
#[instrument(skip(state, payment), fields(%tenant), err(level = "warn"))]
pub(crate) async fn checkout(
    State(state): State<AppState>,
    tenant: Tenant,
    Path(id): Path<i64>,
    Json(payment): Json<Payment>,
) -> Result<String, Refusal> {
    let order = state
        .store
        .order(id)
        .await?
        .ok_or(Refusal::NotFound("order"))?;
    if order.paid {
        return Err(Refusal::AlreadyPaid);
    }
    charge(&payment.card, order.total_cents).await?;
    state.store.mark_paid(id).await?;
    info!(order = id, paid_cents = order.total_cents, "order paid");
    Ok(format!("paid {} cents", order.total_cents))
}

/// Asks the bank, which here is one comparison.
#[instrument(skip(card), fields(card = tracing::field::Empty))]
async fn charge(card: &str, cents: i64) -> Result<(), Refusal> {
    // The number itself is recorded on purpose: a policy has to keep it out of every record.
    tracing::Span::current().record("card", card);
    if card.ends_with(DECLINED) {
        warn!(cents, "card declined");
        return Err(Refusal::CardDeclined);
    }
    Ok(())
}
