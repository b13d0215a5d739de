//! Looking at products.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use tracing::{info, instrument};

use crate::app::AppState;
use crate::failure::Refusal;
use crate::store::Product;
use crate::tenant::Tenant;

#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    text: String,
    #[serde(default = "a_page")]
    limit: i64,
}

fn a_page() -> i64 {
    10
}

/// The products whose name contains `?text=`.
#[instrument(skip_all, fields(%tenant), err)]
pub(crate) async fn list_products(
    State(state): State<AppState>,
    tenant: Tenant,
    Query(search): Query<Search>,
) -> Result<Json<Vec<Product>>, Refusal> {
    let products = state.store.search(&search.text, search.limit).await?;
    info!(results = products.len(), limit = search.limit, "listed");
    Ok(Json(products))
}

/// One product.
#[instrument(skip(state), fields(%tenant), err)]
pub(crate) async fn get_product(
    State(state): State<AppState>,
    tenant: Tenant,
    Path(id): Path<i64>,
) -> Result<Json<Product>, Refusal> {
    let product = state.store.product(id).await?;
    product.map(Json).ok_or(Refusal::NotFound("product"))
}
