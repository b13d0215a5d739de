//! What a rule remembers across edits of other rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rheostat_policy::model::{CheckedPolicy, Ends, Rule};

use super::Ground;
use crate::clock::Clock;
use crate::ledger::Entry;
use crate::limit::Limiter;

/// A rule's deadline and counters. Its name is its identity; without one, what it says.
#[derive(Debug)]
pub(crate) struct RuleState {
    pub(crate) name: Arc<str>,
    contents: u64,
    /// On the boot clock, for `for`.
    deadline: Option<u64>,
    ended: AtomicBool,
    refused: [AtomicU64; RefusedValue::ALL.len()],
    unmeasured: AtomicU64,
}

/// Why a value was not recorded: the `cause` label of `rheostat_values_refused_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusedValue {
    /// There is none.
    Missing,
    /// It is no number, or of a unit that does not fit.
    Unfit,
    /// A count below zero.
    Negative,
    /// An infinity, or not a number.
    NotFinite,
}

impl RefusedValue {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Unfit, Self::Negative, Self::NotFinite];

    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unfit => "unfit",
            Self::Negative => "negative",
            Self::NotFinite => "not_finite",
        }
    }
}

impl RuleState {
    fn new(rule: &Rule, ground: &Ground) -> Self {
        let deadline = match rule.ends {
            Some(Ends::After(span)) => {
                let span = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
                Some(ground.first_applied(rule).saturating_add(span))
            }
            Some(Ends::At(_)) | None => None,
        };
        Self {
            name: rule.shown_name().into(),
            contents: rule.contents,
            deadline,
            ended: AtomicBool::new(false),
            refused: Default::default(),
            unmeasured: AtomicU64::new(0),
        }
    }

    /// Whether the rule ended by itself. It never revives.
    #[inline]
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Compares the deadline with the clocks; whether it ended just now.
    pub(crate) fn end_if_due(&self, ends: Option<Ends>, clock: &Clock) -> bool {
        let due = match ends {
            None => false,
            Some(Ends::After(_)) => self
                .deadline
                .is_some_and(|deadline| clock.boot_now() >= deadline),
            Some(Ends::At(moment)) => i128::from(clock.wall_now()) >= moment,
        };
        due && !self.ended.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn refuse(&self, cause: RefusedValue) {
        self.refused[cause as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_unmeasured(&self) {
        self.unmeasured.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, cause: RefusedValue) -> u64 {
        self.refused[cause as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn unmeasured(&self) -> u64 {
        self.unmeasured.load(Ordering::Relaxed)
    }

    /// Whether a rule of another policy is this one, counters and all.
    fn is(&self, rule: &Rule) -> bool {
        match &rule.name {
            Some(name) => self.name == *name,
            None => self.contents == rule.contents && rule.shown_name() == *self.name,
        }
    }

    /// The state for an edited rule: counts go on, the deadline starts anew.
    fn edited(&self, rule: &Rule, ground: &Ground) -> Self {
        let new = Self::new(rule, ground);
        for cause in RefusedValue::ALL {
            new.refused[cause as usize].store(self.refused(cause), Ordering::Relaxed);
        }
        new.unmeasured.store(self.unmeasured(), Ordering::Relaxed);
        new
    }
}

/// One rule of the policy in force, with what it remembers.
#[derive(Debug)]
pub(crate) struct RuleRuntime {
    pub(crate) state: Arc<RuleState>,
    /// By action.
    pub(crate) actions: Box<[ActionRuntime]>,
    /// How often a shadow rule would have dropped a record.
    pub(crate) shadow_drop: Arc<AtomicU64>,
}

/// One action of it.
#[derive(Clone, Debug)]
pub(crate) struct ActionRuntime {
    pub(crate) limiter: Option<Arc<Limiter>>,
    pub(crate) account: Option<Arc<Entry>>,
    /// How often a shadow rule would have acted.
    pub(crate) shadow: Arc<AtomicU64>,
    name: &'static str,
}

impl RuleRuntime {
    pub(crate) fn new(rule: &Rule, policy: &CheckedPolicy, was: &[Self], ground: &Ground) -> Self {
        let same = was.iter().find(|old| old.state.is(rule));
        let state = match same {
            Some(old) if old.state.contents == rule.contents => old.state.clone(),
            Some(old) => Arc::new(old.state.edited(rule, ground)),
            None => Arc::new(RuleState::new(rule, ground)),
        };
        let action = |(index, action): (usize, &rheostat_policy::model::Action)| {
            let old = same.and_then(|old| old.actions.get(index));
            let old = old.filter(|old| old.name == action.name);
            let limits = &action.limits;
            let is_limited =
                limits.sample.is_some() || limits.every.is_some() || limits.rate.is_some();
            let kept = old
                .and_then(|old| old.limiter.clone())
                .filter(|limiter| limiter.serves(limits));
            let limiter = is_limited.then(|| {
                kept.unwrap_or_else(|| Arc::new(Limiter::new(limits, policy.defaults.max_keys)))
            });
            let account = action.sink.map(|sink| {
                let sink = &policy.sinks[sink.0 as usize].name;
                ground.ledger.entry(&state.name, sink)
            });
            ActionRuntime {
                limiter,
                account,
                shadow: old.map(|old| old.shadow.clone()).unwrap_or_default(),
                name: action.name,
            }
        };
        let actions = rule.actions.iter().enumerate().map(action).collect();
        Self {
            state,
            actions,
            shadow_drop: same.map(|old| old.shadow_drop.clone()).unwrap_or_default(),
        }
    }
}
