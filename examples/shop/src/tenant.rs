//! The customer a request is served for.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use http::request::Parts;

/// The name in the `x-tenant` header, or `public`.
#[derive(Clone, Debug)]
pub(crate) struct Tenant(String);

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Tenant {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let given = parts
            .headers
            .get("x-tenant")
            .and_then(|value| value.to_str().ok());
        Ok(Self(given.unwrap_or("public").to_owned()))
    }
}
