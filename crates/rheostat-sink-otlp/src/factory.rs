//! What `type = "otlp"` means for records and metrics.

use std::sync::Arc;

use rheostat_core::sink::{Around, Sink, SinkFactory, Temporality};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::otlp_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_queue::cannot_open;

use crate::client::Client;
use crate::sink::Otlp;

/// The one sink type of this crate.
pub fn all() -> Vec<Arc<dyn SinkFactory>> {
    vec![Arc::new(OtlpSinks)]
}

/// `type = "otlp"`, but for spans.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtlpSinks;

impl SinkFactory for OtlpSinks {
    fn definition(&self) -> SinkDef {
        otlp_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let client =
            Client::stage(sink, around).map_err(|why| Box::new(cannot_open(sink, &why)))?;
        let is_delta = sink
            .args
            .text("temporality")
            .is_some_and(|how| &**how == "delta");
        let temporality = if is_delta {
            Temporality::Delta
        } else {
            Temporality::Cumulative
        };
        let labels = around.policy.defaults.const_labels.clone();
        Ok(Box::new(Otlp::new(client, temporality, labels)))
    }
}
