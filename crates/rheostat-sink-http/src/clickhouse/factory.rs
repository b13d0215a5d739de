//! What `type = "clickhouse"` means.

use rheostat_core::sink::{Around, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::clickhouse_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;

use super::setup::Setup;
use super::sink::ClickHouse;
use rheostat_http::{Client, refused};

/// `type = "clickhouse"`
#[derive(Clone, Copy, Debug, Default)]
pub struct ClickHouseSinks;

impl SinkFactory for ClickHouseSinks {
    fn definition(&self) -> SinkDef {
        clickhouse_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let setup = Setup::read(sink).map_err(|why| refused(sink, why))?;
        let client = Client::stage(sink, around, "Bearer")?;
        Ok(Box::new(ClickHouse::new(client, setup)))
    }
}
