//! Events that a `LogTracer` made of `log` records.

use std::fmt;

use tracing_core::field::{Field, Visit};
use tracing_core::{Event, Metadata};

use super::Source;
use crate::callsites::level_of;

/// Whether it describes an event that stands for a `log` record: it has five of those, one a level.
pub(crate) fn is_log_event(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "log"
        && metadata.name() == "log event"
        && metadata
            .fields()
            .iter()
            .any(|field| field.name() == "log.target")
}

/// Calls with the source that such an event tells of.
pub(crate) fn source_of<R>(event: &Event<'_>, then: impl FnOnce(&Source<'_>) -> R) -> R {
    let mut told = Told::default();
    event.record(&mut told);
    then(&Source {
        level: level_of(*event.metadata().level()),
        target: told.target.as_deref().unwrap_or("log"),
        module: told.module.as_deref(),
        file: told.file.as_deref(),
        line: told.line,
    })
}

#[derive(Default)]
struct Told {
    target: Option<String>,
    module: Option<String>,
    file: Option<String>,
    line: Option<u32>,
}

impl Visit for Told {
    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "log.line" {
            self.line = u32::try_from(value).ok();
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "log.target" => &mut self.target,
            "log.module_path" => &mut self.module,
            "log.file" => &mut self.file,
            _ => return,
        };
        *place = Some(value.to_owned());
    }
}
