//! `type = "postgres"`.

use std::sync::Arc;

use rheostat_core::sink::{Around, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::postgres_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::cannot_open;

use crate::options::Options;
use crate::setup::Setup;
use crate::sink::Postgres;

/// `type = "postgres"`
#[derive(Clone, Copy, Debug, Default)]
pub struct PostgresSinks;

/// All sink types of this crate.
pub fn all() -> Vec<Arc<dyn SinkFactory>> {
    vec![Arc::new(PostgresSinks)]
}

impl SinkFactory for PostgresSinks {
    fn definition(&self) -> SinkDef {
        postgres_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let refused = |failure| Box::new(cannot_open(sink, &failure));
        let setup = Setup::read(sink).map_err(refused)?;
        let options = Options::read(sink, around).map_err(refused)?;
        Ok(Box::new(Postgres::new(options, setup)))
    }
}
