//! The places: where each sink's records go.

pub(crate) mod collector;
pub(crate) mod files;
pub(crate) mod journal;
pub(crate) mod nats;
pub(crate) mod postgres;
pub(crate) mod readers;
pub(crate) mod stores;
pub(crate) mod syslog;
