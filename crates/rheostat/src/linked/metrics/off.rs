//! Without metrics: nothing is served, and a policy with `[http]` is told so.

use std::net::SocketAddr;
use std::sync::Arc;

use rheostat_core::Output;
use rheostat_core::sink::MetricSource;
use rheostat_policy::diagnostic::{Diagnostic, Label, Severity};
use rheostat_policy::model::CheckedPolicy;

use crate::guard::WeakHandle;
use crate::memory::MemoryPart;

pub(crate) use rheostat_core::output::Nothing as Metrics;

/// Of metrics: none are linked.
pub(crate) fn most_memory(_policy: &CheckedPolicy, _threads: u64) -> Vec<MemoryPart> {
    Vec::new()
}

/// What the program's own `metrics::counter!` calls go to: without the feature `metrics`, none of our business.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum Recorder {
    /// Whatever the program installs.
    #[default]
    None,
}

impl Recorder {
    pub(crate) fn into_output(self) -> Metrics {
        Metrics
    }

    pub(crate) fn is_native(&self) -> bool {
        false
    }

    pub(crate) fn is_foreign(&self) -> bool {
        false
    }
}

pub(crate) struct Endpoint;

pub(crate) struct Prepared;

impl Endpoint {
    pub(crate) fn source(&self) -> Option<Arc<dyn MetricSource>> {
        None
    }

    pub(crate) fn of(_outputs: &impl Output) -> Self {
        Self
    }

    pub(crate) fn prepare(&self, policy: &CheckedPolicy) -> Result<Prepared, Box<Diagnostic>> {
        let Some(http) = &policy.http else {
            return Ok(Prepared);
        };
        Err(Box::new(Diagnostic {
            code: "RH900",
            name: "not-in-this-build",
            severity: Severity::Error,
            message: "this program serves no metrics: the feature `metrics` of `rheostat` is off"
                .to_owned(),
            primary: Label {
                place: http.place,
                text: String::new(),
            },
            others: Vec::new(),
            helps: Vec::new(),
            notes: Vec::new(),
        }))
    }

    pub(crate) fn commit(&self, _nothing: Prepared) {}

    pub(crate) fn tick(&self) {}

    pub(crate) fn close(&self) {}

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        None
    }

    pub(crate) fn scrape(&self) -> String {
        String::new()
    }

    pub(crate) fn install_recorder(&self) {}

    pub(crate) fn tell_of(&self, _handle: WeakHandle) {}
}
