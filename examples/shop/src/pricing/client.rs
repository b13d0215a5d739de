//! The client that asks for a price, and hands on the trace.

use std::time::Duration;

use serde::Deserialize;
use tracing::{debug, instrument};

use crate::propagation;

/// Asks the pricing service; cheap to clone, one connection pool.
#[derive(Clone)]
pub(crate) struct PricingClient {
    base: String,
    http: reqwest::Client,
}

/// What one order will cost.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Quote {
    /// The price of one piece, in cents.
    pub(crate) unit_cents: i64,
    /// What is taken off the whole order, in percent.
    pub(crate) discount_percent: i64,
}

impl PricingClient {
    pub(crate) fn new(base: String) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()?;
        Ok(Self { base, http })
    }

    /// The price of `quantity` pieces of one product.
    #[instrument(name = "quote", skip(self), err)]
    pub(crate) async fn quote(&self, product: i64, quantity: i64) -> Result<Quote, reqwest::Error> {
        let url = format!("{}/price/{product}?quantity={quantity}", self.base);
        let asked = self.http.get(url).headers(propagation::outgoing_headers());
        let quote: Quote = asked.send().await?.error_for_status()?.json().await?;
        debug!(
            unit_cents = quote.unit_cents,
            discount_percent = quote.discount_percent,
            "quoted"
        );
        Ok(quote)
    }
}
