//! Without metrics: nothing is served, and a policy with `[http]` is told so.

use std::net::SocketAddr;

use rheostat_policy::diagnostic::{Diagnostic, Label, Severity};
use rheostat_policy::model::CheckedPolicy;

use crate::guard::WeakHandle;
use crate::linked::nothing::Nothing;

pub(crate) type Part = Nothing;

#[derive(Debug)]
pub(crate) struct Endpoint;

impl Endpoint {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn output(&self) -> Part {
        Nothing
    }

    pub(crate) fn prepare(&self, policy: &CheckedPolicy) -> Result<(), Box<Diagnostic>> {
        let Some(http) = &policy.http else {
            return Ok(());
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

    pub(crate) fn commit(&self, (): ()) {}

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
