//! What can go wrong: while the shop starts, and while it serves.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// Why the shop did not start.
#[derive(Debug)]
pub enum StartError {
    /// An environment variable holds something unusable.
    Setting {
        /// The variable.
        name: &'static str,
        /// What it holds.
        text: String,
        /// What the parser said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The folder for the shop's files cannot be made.
    Folder(PathBuf, std::io::Error),
    /// An address cannot be listened on.
    Listen(std::net::SocketAddr, std::io::Error),
    /// The HTTP client of the pricing service cannot be built.
    Client(reqwest::Error),
    /// The database cannot be opened or filled.
    Database(sqlx::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting { name, text, .. } => write!(f, "cannot use {name}={text}"),
            Self::Folder(path, _) => write!(f, "cannot create the folder {}", path.display()),
            Self::Listen(address, _) => write!(f, "cannot listen on {address}"),
            Self::Client(_) => f.write_str("cannot build the client of the pricing service"),
            Self::Database(_) => f.write_str("cannot prepare the shop's database"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Setting { source, .. } => Some(&**source),
            Self::Folder(_, source) | Self::Listen(_, source) => Some(source),
            Self::Client(source) => Some(source),
            Self::Database(source) => Some(source),
        }
    }
}

/// Why a request was not served; each reason has one status.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No such product or order.
    NotFound(&'static str),
    /// Fewer in stock than asked for.
    OutOfStock { left: i64 },
    /// The order was paid before.
    AlreadyPaid,
    /// The bank said no.
    CardDeclined,
    /// The pricing service did not answer with a price.
    Pricing(reqwest::Error),
    /// The database failed.
    Database(sqlx::Error),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::OutOfStock { .. } | Self::AlreadyPaid => StatusCode::CONFLICT,
            Self::CardDeclined => StatusCode::PAYMENT_REQUIRED,
            Self::Pricing(_) => StatusCode::BAD_GATEWAY,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "no such {what}"),
            Self::OutOfStock { left } => write!(f, "only {left} left"),
            Self::AlreadyPaid => f.write_str("already paid"),
            Self::CardDeclined => f.write_str("card declined"),
            Self::Pricing(_) => f.write_str("no price from the pricing service"),
            Self::Database(_) => f.write_str("the database failed"),
        }
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Pricing(source) => Some(source),
            Self::Database(source) => Some(source),
            Self::NotFound(_)
            | Self::OutOfStock { .. }
            | Self::AlreadyPaid
            | Self::CardDeclined => None,
        }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(source: sqlx::Error) -> Self {
        Self::Database(source)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}
