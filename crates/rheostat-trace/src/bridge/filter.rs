//! What the bridge takes at all.
//!
//! A callsite that no `trace` rule names is `never` for it, so a policy without
//! such rules costs nothing. A span that a rule names is `sometimes`: whether
//! it is shipped was decided with its values, a moment ago, on this thread.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rheostat_core::flow::in_child;
use tracing_core::{Event, Interest, LevelFilter, Metadata};
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use super::verdict;
use crate::shipped::Shipped;

/// What the `trace` rules of a policy can want of a callsite.
pub(crate) trait Wants: Send + Sync {
    /// Whether some rule can ship spans of this callsite.
    fn span(&self, metadata: &'static Metadata<'static>) -> bool;

    /// The least severe events that some rule ships inside its spans.
    fn events(&self) -> LevelFilter;

    /// The least severe callsite that is wanted.
    fn level(&self) -> LevelFilter;
}

/// What is wanted now: by the policy in force, and by one that is about to be.
///
/// The interest of callsites is rebuilt between the swap of a policy and its
/// commit, so a policy counts from the moment it is staged; the one it replaces
/// counts until the commit.
#[derive(Default)]
pub(crate) struct Wanted {
    // Held for the length of a clone, with nothing called inside: no thread can wait for it while it logs.
    policies: RwLock<Policies>,
    /// How severe an event has to be, as a rank: asked for each event, so it is one plain load.
    events: AtomicUsize,
}

#[derive(Clone, Default)]
struct Policies {
    in_force: Option<Arc<dyn Wants>>,
    staged: Option<Arc<dyn Wants>>,
}

impl Wanted {
    /// This policy may come into force.
    pub(crate) fn stage(&self, policy: Arc<dyn Wants>) {
        self.change(|policies| Policies {
            in_force: policies.in_force.clone(),
            staged: Some(policy),
        });
    }

    /// This policy is in force.
    pub(crate) fn commit(&self, policy: Arc<dyn Wants>) {
        self.change(|_| Policies {
            in_force: Some(policy),
            staged: None,
        });
    }

    fn change(&self, to: impl FnOnce(&Policies) -> Policies) {
        let old = {
            let mut policies = self
                .policies
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            let new = to(&policies);
            std::mem::replace(&mut *policies, new)
        };
        // Freed here, outside the lock.
        drop(old);
        let events = self.policies().each().map(|policy| policy.events()).max();
        // A level on its own: nothing else is read by it.
        self.events
            .store(rank(events.unwrap_or(LevelFilter::OFF)), Ordering::Relaxed);
    }

    fn policies(&self) -> Policies {
        if in_child() {
            return Policies::default();
        }
        self.policies
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn span(&self, metadata: &'static Metadata<'static>) -> bool {
        self.policies().each().any(|policy| policy.span(metadata))
    }

    fn event(&self, metadata: &Metadata<'_>) -> bool {
        rank((*metadata.level()).into()) <= self.events.load(Ordering::Relaxed)
    }

    fn level(&self) -> LevelFilter {
        self.policies()
            .each()
            .map(|policy| policy.level())
            .max()
            .unwrap_or(LevelFilter::OFF)
    }
}

impl Policies {
    fn each(&self) -> impl Iterator<Item = &Arc<dyn Wants>> {
        self.in_force.iter().chain(&self.staged)
    }
}

/// The bridge's filter.
pub struct ShipFilter {
    wanted: Arc<Wanted>,
}

impl ShipFilter {
    pub(crate) fn new(wanted: Arc<Wanted>) -> Self {
        Self { wanted }
    }
}

impl<S> Filter<S> for ShipFilter
where
    S: tracing_core::Subscriber + for<'a> LookupSpan<'a>,
{
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        let wanted = if metadata.is_span() {
            self.wanted.span(metadata)
        } else {
            self.wanted.event(metadata)
        };
        if wanted {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        if metadata.is_span() {
            return verdict::is_announced(&metadata.callsite());
        }
        metadata.is_event() && self.wanted.event(metadata)
    }

    fn event_enabled(&self, event: &Event<'_>, cx: &Context<'_, S>) -> bool {
        let span = match event.parent() {
            Some(parent) => cx.span(parent),
            None if event.is_contextual() => cx.lookup_current(),
            None => None,
        };
        span.is_some_and(|span| {
            span.extensions()
                .get::<Arc<Shipped>>()
                .is_some_and(|shipped| {
                    shipped.is_recording() && *event.metadata().level() <= shipped.shipping.events
                })
        })
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.wanted.level())
    }
}

/// 0 for off, then the more the less severe.
fn rank(level: LevelFilter) -> usize {
    match level {
        LevelFilter::OFF => 0,
        LevelFilter::ERROR => 1,
        LevelFilter::WARN => 2,
        LevelFilter::INFO => 3,
        LevelFilter::DEBUG => 4,
        LevelFilter::TRACE => 5,
    }
}

impl std::fmt::Debug for ShipFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShipFilter")
    }
}
