//! Test records, one per level, fired through the whole stack after each policy.
//!
//! They have the target `rheostat::canary` and no fields. The root never hands
//! them inside; where Rheostat is one layer among others, those may see them.

use std::sync::atomic::{AtomicU8, Ordering};

use rheostat_policy::model::Level;
use tracing_core::callsite::DefaultCallsite;
use tracing_core::{Event, Kind, LevelFilter, Metadata, dispatcher, metadata};

use crate::callsites::level_of;

macro_rules! canary {
    ($callsite:ident, $metadata:ident, $level:ident) => {
        static $callsite: DefaultCallsite = DefaultCallsite::new(&$metadata);
        static $metadata: Metadata<'static> = metadata! {
            name: "canary",
            target: "rheostat::canary",
            level: tracing_core::Level::$level,
            fields: &[],
            callsite: &$callsite,
            kind: Kind::EVENT
        };
    };
}

canary!(ERROR, ERROR_METADATA, ERROR);
canary!(WARN, WARN_METADATA, WARN);
canary!(INFO, INFO_METADATA, INFO);
canary!(DEBUG, DEBUG_METADATA, DEBUG);
canary!(TRACE, TRACE_METADATA, TRACE);

static ALL: [(&DefaultCallsite, &Metadata<'static>); 5] = [
    (&ERROR, &ERROR_METADATA),
    (&WARN, &WARN_METADATA),
    (&INFO, &INFO_METADATA),
    (&DEBUG, &DEBUG_METADATA),
    (&TRACE, &TRACE_METADATA),
];

/// Which canaries an engine waits for, and which came.
#[derive(Debug)]
pub(crate) struct Canaries {
    on: bool,
    // One bit a level.
    wanted: AtomicU8,
    arrived: AtomicU8,
}

fn bit(level: Level) -> u8 {
    1 << (level as u8)
}

impl Canaries {
    pub(crate) fn new(on: bool) -> Self {
        Self {
            on,
            wanted: AtomicU8::new(0),
            arrived: AtomicU8::new(0),
        }
    }

    /// Waits for those at the levels that a policy needs, from here on.
    pub(crate) fn want(&self, least_severe: Option<Level>) {
        let wanted = Level::ALL
            .into_iter()
            .filter(|level| self.on && least_severe.is_some_and(|least| *level <= least))
            .fold(0, |bits, level| bits | bit(level));
        self.wanted.store(wanted, Ordering::Release);
    }

    /// Whether the canary of a level is waited for.
    pub(crate) fn wants(&self, level: Level) -> bool {
        self.wanted.load(Ordering::Acquire) & bit(level) != 0
    }

    /// The level of a canary; `None` for any other callsite.
    pub(crate) fn level_of(&self, metadata: &Metadata<'_>) -> Option<Level> {
        let address = std::ptr::from_ref(metadata).addr();
        ALL.iter()
            .any(|(_, canary)| std::ptr::from_ref(*canary).addr() == address)
            .then(|| level_of(*metadata.level()))
    }

    /// Notes that a canary came; `false` if it is none.
    pub(crate) fn arrive(&self, metadata: &Metadata<'_>) -> bool {
        let level = self.level_of(metadata);
        if let Some(level) = level {
            self.arrived.fetch_or(bit(level), Ordering::AcqRel);
        }
        level.is_some()
    }

    /// Fires those that are waited for at the calling thread's default dispatcher; which did not come.
    pub(crate) fn fire(&self) -> Vec<Level> {
        self.arrived.store(0, Ordering::Release);
        for (callsite, metadata) in ALL {
            if self.wants(level_of(*metadata.level())) {
                fire(callsite, metadata);
            }
        }
        let arrived = self.arrived.load(Ordering::Acquire);
        Level::ALL
            .into_iter()
            .filter(|level| self.wants(*level) && arrived & bit(*level) == 0)
            .collect()
    }
}

/// What `event!` does.
fn fire(callsite: &'static DefaultCallsite, metadata: &'static Metadata<'static>) {
    if *metadata.level() > LevelFilter::current() {
        return;
    }
    let interest = callsite.interest();
    let enabled = !interest.is_never()
        && (interest.is_always() || dispatcher::get_default(|dispatch| dispatch.enabled(metadata)));
    if enabled {
        Event::dispatch(metadata, &metadata.fields().value_set(&[]));
    }
}
