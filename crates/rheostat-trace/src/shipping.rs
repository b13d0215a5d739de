//! What one `trace` action says about the spans it ships.

use std::fmt;
use std::sync::Arc;

use rheostat_core::ledger::Entry;
use rheostat_core::plan::OwnLimits;
use tracing_core::LevelFilter;

use crate::hide::Shown;
use crate::pipe::Pipe;

/// One `trace` action of the policy in force when a span opened.
///
/// A span keeps this for as long as it lives, so a reload changes nothing for
/// spans that are open: they go where they were going.
pub(crate) struct Shipping {
    /// The share of traces that is shipped, decided at the local root.
    pub(crate) ratio: f64,
    /// How many traces of that share are shipped, likewise decided there.
    pub(crate) limits: Option<OwnLimits>,
    /// What a remote parent's sampled flag means.
    pub(crate) remote: Remote,
    /// Whether the action has a `keep`.
    pub(crate) keeps: bool,
    /// The events that are shipped inside the span.
    pub(crate) events: LevelFilter,
    /// The name, where the action gives one.
    pub(crate) name: Option<NameTemplate>,
    /// What is shown of fields and messages.
    pub(crate) shown: Shown,
    /// Where the spans go.
    pub(crate) pipe: Arc<Pipe>,
    /// What became of them.
    pub(crate) account: Arc<Entry>,
}

/// What the sampled flag of a remote parent means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remote {
    /// It decides.
    Honour,
    /// The own ratio decides.
    Ignore,
}

/// `name = "{method} {route}"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameTemplate(pub(crate) Vec<NamePart>);

/// A part of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NamePart {
    /// Text as it stands.
    Text(Arc<str>),
    /// The value of this hole, counted from 0. `field` is the span's own field of that name, which may be
    /// recorded late; a hole without one is fixed at open.
    Hole {
        /// Which one.
        nth: usize,
        /// The own field that fills it.
        field: Option<Arc<str>>,
    },
}

impl fmt::Debug for Shipping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shipping")
            .field("rule", self.account.rule())
            .field("sink", self.account.sink())
            .finish_non_exhaustive()
    }
}
