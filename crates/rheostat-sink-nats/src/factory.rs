//! `type = "nats"`.

use std::sync::Arc;

use rheostat_core::sink::{Around, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::nats_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::cannot_open;

use crate::message::Encoder;
use crate::options::Options;
use crate::sink::Nats;
use crate::stream::Wanted;
use crate::subject::Subject;

/// `type = "nats"`
#[derive(Clone, Copy, Debug, Default)]
pub struct NatsSinks;

/// All sink types of this crate.
pub fn all() -> Vec<Arc<dyn SinkFactory>> {
    vec![Arc::new(NatsSinks)]
}

impl SinkFactory for NatsSinks {
    fn definition(&self) -> SinkDef {
        nats_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let refused = |failure| Box::new(cannot_open(sink, &failure));
        let subject = Subject::read(sink).map_err(refused)?;
        Ok(Box::new(Nats {
            options: Options::read(sink, around).map_err(refused)?,
            wanted: Wanted::read(sink, &subject),
            encoder: Encoder::read(sink, subject),
            jetstream: sink.args.bool("jetstream").copied().unwrap_or(false),
            connection: None,
        }))
    }
}
