//! The shop's routes behind tower-http's `TraceLayer`.
//!
//! The layer is the library's own, with its default span and events. Only the
//! making of the span is wrapped, to continue the caller's trace.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use tower_http::trace::{DefaultMakeSpan, MakeSpan, TraceLayer};
use tracing::Span;

use crate::pricing::PricingClient;
use crate::store::Store;
use crate::{propagation, routes};

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) store: Store,
    pub(crate) pricing: PricingClient,
}

/// The service that customers talk to.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route("/health", get(routes::health))
        .route("/products", get(routes::list_products))
        .route("/products/{id}", get(routes::get_product))
        .route("/orders", post(routes::place_order))
        .route("/orders/{id}/checkout", post(routes::checkout))
        .route("/slow", get(routes::slow))
        .with_state(state)
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
}

fn request_span(request: &Request<Body>) -> Span {
    let span = DefaultMakeSpan::new().make_span(request);
    propagation::continue_trace(&span, request.headers());
    span
}
