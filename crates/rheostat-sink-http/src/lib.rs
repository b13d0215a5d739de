//! Sinks whose servers are spoken to over HTTP.
//!
//! The client that all of them share is `rheostat-http`'s: connections,
//! authentication, limits, and what a status means for a batch. Each sink adds
//! what its server reads, and how its server says that it did not take something.
//!
//! | type | what is sent | known again by |
//! |---|---|---|
//! | `clickhouse` | rows in RowBinary | the batch's token |
//! | `influxdb` | lines | series and time |
//! | `opentsdb` | points of metrics | metric, tags and time |
//! | `elasticsearch` | documents by `_bulk` | the record's number |
//! | `prometheus_remote_write` | samples of metrics | series and time |
//!
//! A batch is one request. Nothing is answered *delivered* before the server
//! said so, and a repeated request does no harm where the server can tell.

#![forbid(unsafe_code)]

mod clickhouse;
mod elasticsearch;
mod factory;
mod influxdb;
mod opentsdb;
mod remote_write;

pub use clickhouse::ClickHouseSinks;
pub use elasticsearch::ElasticsearchSinks;
pub use factory::all;
pub use influxdb::InfluxDbSinks;
pub use opentsdb::OpenTsdbSinks;
pub use remote_write::RemoteWriteSinks;
