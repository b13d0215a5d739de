//! What all records of one callsite and one action have in common.
//!
//! A ring holds a route's number, never a pointer. The plan that offers to a
//! route holds its [`RouteHandle`]; a plan is freed when no thread can be
//! inside it any more, which gives the number back, and the pass of the drainer
//! that begins after that frees the route.

use std::sync::Arc;

use rheostat_policy::model::{Level, RedactionWith};
use rheostat_policy::vocabulary::RecordClass;

use super::fork::in_child;
use super::hub::Hub;
use super::scrub::Scrub;
use crate::callsite::Callsite;
use crate::ledger;
use crate::sink::Tap;

/// The static part of a record.
#[derive(Clone)]
pub struct Route {
    /// The callsite.
    pub callsite: Callsite,
    /// The level as shown.
    pub level: Level,
    /// What the record is called instead of the callsite's name.
    pub class: Option<Arc<str>>,
    /// The rule's name.
    pub rule: Arc<str>,
    /// Raw record or readable line.
    pub record: RecordClass,
    /// The own fields that it carries.
    pub fields: Vec<RouteField>,
    /// How the message is hidden, if a redaction names it.
    pub message: Option<RedactionWith>,
    /// Constant labels of the policy.
    pub labels: Vec<(Arc<str>, Arc<str>)>,
    /// The cap on one value, in bytes.
    pub max_value: usize,
    /// The cap while the record is in a ring: patterns see more than is shown. Set by [`RouteHandle::new`].
    pub raw_value_cap: usize,
    /// The cap on one record, in bytes.
    pub max_record: usize,
    /// What is hidden before the record reaches the sink's queue.
    pub scrub: Scrub,
    /// Whether its records are links of a chain, so that a missing one is missed.
    pub durable: bool,
    /// The sink's entrance.
    pub tap: Arc<dyn Tap>,
    /// Where its records are accounted for.
    pub account: Arc<ledger::Entry>,
}

/// An own field of a route.
#[derive(Clone, Debug)]
pub struct RouteField {
    /// Its place among the callsite's fields.
    pub index: usize,
    /// Its name as shown.
    pub name: Arc<str>,
    /// How it is hidden, if a redaction names it. What is removed is no field of the route.
    pub hide: Option<RedactionWith>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route")
            .field("callsite", &self.callsite.shown())
            .field("rule", &self.rule)
            .field("sink", self.account.sink())
            .finish_non_exhaustive()
    }
}

/// A route while some plan can offer to it.
#[derive(Debug)]
pub struct RouteHandle {
    hub: &'static Hub,
    number: u32,
    route: Arc<Route>,
}

impl RouteHandle {
    /// Gives a route its number; cold.
    pub fn new(route: Route) -> Self {
        Self::with_hub(Hub::global(), route)
    }

    pub(crate) fn with_hub(hub: &'static Hub, mut route: Route) -> Self {
        route.raw_value_cap = route.scrub.raw_limit(route.max_value);
        let route = Arc::new(route);
        // A child offers to no route, and the lock may be taken for ever there.
        let number = match in_child() {
            true => u32::MAX,
            false => hub.routes().insert(route.clone()),
        };
        Self { hub, number, route }
    }

    /// The route.
    #[inline]
    pub fn route(&self) -> &Route {
        &self.route
    }

    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    #[inline]
    pub(crate) fn hub(&self) -> &'static Hub {
        self.hub
    }
}

impl Drop for RouteHandle {
    fn drop(&mut self) {
        if !in_child() {
            self.hub.routes().retire(self.number);
        }
    }
}
