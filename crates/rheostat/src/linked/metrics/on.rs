//! Metrics with the native recorder, served over HTTP.

mod memory;
mod recorder;

use std::any::TypeId;
use std::net::SocketAddr;
use std::sync::Arc;

use rheostat_core::Output;
use rheostat_core::internal::{self, Notice};
use rheostat_core::output::part;
use rheostat_core::sink::MetricSource;
pub use rheostat_metrics::Metrics;
use rheostat_metrics::{BindError, Format, Listen, Prepared, Registry};
use rheostat_policy::codes::live::CANNOT_LISTEN;
use rheostat_policy::diagnostic::{Diagnostic, Help, Label, Severity};
use rheostat_policy::model::CheckedPolicy;

use crate::guard::WeakHandle;
use crate::own_metrics;
use crate::running::Running;

pub(crate) use memory::most_memory;
pub use recorder::Recorder;

/// The registry and the address it is served at.
pub(crate) struct Endpoint {
    registry: Registry,
    served: rheostat_metrics::Endpoint,
}

impl Endpoint {
    /// Serves what the metrics output among these keeps itself.
    pub(crate) fn of(outputs: &impl Output) -> Self {
        let native = part::<Metrics>(outputs).and_then(Metrics::registry);
        let registry = native.cloned().unwrap_or_default();
        let served = rheostat_metrics::Endpoint::new(registry.clone(), internal::mark_own_thread);
        Self { registry, served }
    }

    /// Binds what the policy's `[http]` says.
    ///
    /// # Errors
    ///
    /// The address cannot be had, at its place in the policy.
    pub(crate) fn prepare(&self, policy: &CheckedPolicy) -> Result<Prepared, Box<Diagnostic>> {
        let listen = policy.http.as_ref().map(|http| Listen {
            address: http.listen.clone(),
            token: http.token.as_ref().map(|token| token.reveal().into()),
        });
        let place = policy
            .http
            .as_ref()
            .map(|http| http.place)
            .unwrap_or_default();
        self.served
            .prepare(listen.as_ref())
            .map_err(|error| cannot_listen(&error, place))
    }

    pub(crate) fn commit(&self, prepared: Prepared) {
        self.served.commit(prepared);
        if let Some(problem) = self.served.problem() {
            internal::notice(&Notice {
                code: "endpoint",
                text: problem,
            });
        }
    }

    /// Once a second: what nobody needs any more goes.
    pub(crate) fn tick(&self) {
        self.registry.upkeep();
    }

    pub(crate) fn close(&self) {
        if let Ok(nothing) = self.served.prepare(None) {
            self.served.commit(nothing);
        }
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.served.address()
    }

    pub(crate) fn scrape(&self) -> String {
        String::from_utf8_lossy(&Format::Text.render(&self.registry.snapshot())).into_owned()
    }

    /// Where sinks that take metrics read them.
    pub(crate) fn source(&self) -> Option<Arc<dyn MetricSource>> {
        Some(Arc::new(self.registry.clone()))
    }

    /// Makes the registry the global recorder of the `metrics` crate.
    pub(crate) fn install_recorder(&self) {
        if metrics::set_global_recorder(self.registry.clone()).is_err() {
            internal::notice(&Notice {
                code: "recorder-taken",
                text: "another recorder of the `metrics` crate is installed already: the program's own \
                       metrics stay with that one, those of the policy are served by Rheostat"
                    .to_owned(),
            });
        }
    }

    /// Serves what Rheostat counts of itself, too.
    pub(crate) fn tell_of(&self, handle: WeakHandle) {
        self.registry.add_source(move |families| {
            if let Some(handle) = handle.upgrade() {
                own_metrics::collect(&handle, families);
            }
        });
    }
}

fn cannot_listen(error: &BindError, place: rheostat_policy::Place) -> Box<Diagnostic> {
    let mut notes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        notes.push(error.to_string());
        cause = error.source();
    }
    Box::new(Diagnostic {
        code: CANNOT_LISTEN.code,
        name: CANNOT_LISTEN.name,
        severity: Severity::Error,
        message: error.to_string(),
        primary: Label {
            place,
            text: "this address".to_owned(),
        },
        others: Vec::new(),
        helps: vec![Help {
            text: "name a free port of this machine, or `:0` for any".to_owned(),
            edit: None,
        }],
        notes,
    })
}

/// How many things the policy asks for that the metrics' backend cannot follow.
pub(crate) fn unhonoured(engine: &dyn Running) -> usize {
    let metrics = engine.part(TypeId::of::<Metrics>());
    metrics
        .and_then(|metrics| metrics.downcast_ref::<Metrics>())
        .map_or(0, Metrics::unhonoured)
}
