//! A small web shop, instrumented the way a careful team instruments a service.
//!
//! It sells a handful of products over HTTP, keeps them in SQLite, and asks a
//! pricing service for every quote. Its `tracing` calls know nothing of
//! metrics, files or OpenTelemetry: `rheostat.toml` decides what they become,
//! and what the calls inside tower-http, sqlx, axum, hyper-util and reqwest
//! become, which nobody here wrote.
//!
//! ```text
//! load ──HTTP──▶ shop ──SQL──▶ SQLite
//!                  └───HTTP──▶ pricing (started by the shop unless told otherwise)
//! ```

pub mod load;

mod app;
mod banner;
mod failure;
mod pricing;
mod propagation;
mod routes;
mod running;
mod settings;
mod store;
mod tenant;

pub use banner::Banner;
pub use failure::StartError;
pub use running::Running;
pub use settings::Settings;
