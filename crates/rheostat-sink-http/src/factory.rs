//! The list of the sink types of this crate.

use std::sync::Arc;

use rheostat_core::sink::SinkFactory;

use crate::{ClickHouseSinks, ElasticsearchSinks, InfluxDbSinks, OpenTsdbSinks, RemoteWriteSinks};

/// All sink types whose servers are spoken to over HTTP.
pub fn all() -> Vec<Arc<dyn SinkFactory>> {
    vec![
        Arc::new(ClickHouseSinks),
        Arc::new(ElasticsearchSinks),
        Arc::new(InfluxDbSinks),
        Arc::new(OpenTsdbSinks),
        Arc::new(RemoteWriteSinks),
    ]
}
