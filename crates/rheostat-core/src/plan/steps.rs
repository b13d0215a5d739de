//! The steps of a callsite's plan, as they are judged.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rheostat_policy::model::{Drop, Phases};

use super::TestId;
use super::keys::Keys;
use super::rule_state::RuleState;
use crate::ledger::Entry;
use crate::limit::Limiter;
use crate::program::Program;
use crate::record::Phase;

/// One rule of a callsite.
#[derive(Debug)]
pub(crate) struct PlanRule {
    pub(crate) state: Arc<RuleState>,
    /// Whether it may end by itself, so that its state must be asked.
    pub(crate) ends: bool,
    /// Lists of `within` that some span around the record must pass.
    pub(crate) within: Box<[TestId]>,
    pub(crate) guard: Option<Program>,
    pub(crate) steps: Range<usize>,
    /// Whether records for which it does not hold are accounted for.
    pub(crate) accounts: bool,
    pub(crate) drop: Option<Drop>,
    /// A shadow rule only counts what it would drop.
    pub(crate) shadow_drop: Option<Arc<AtomicU64>>,
}

/// One action of a rule.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) guard: Option<Program>,
    pub(crate) on: Phases,
    pub(crate) limits: Option<(Arc<Limiter>, Keys)>,
    pub(crate) account: Option<Arc<Entry>>,
    /// A shadow rule only counts.
    pub(crate) shadow: Option<Arc<AtomicU64>>,
}

impl Step {
    pub(crate) fn acts_in(&self, phase: Phase) -> bool {
        match phase {
            Phase::Event => true,
            Phase::Open => self.on.open,
            Phase::Close => self.on.close,
        }
    }
}

impl PlanRule {
    /// Whether it holds for every record.
    pub(crate) fn is_open(&self) -> bool {
        !self.ends && self.within.is_empty() && self.guard.is_none()
    }
}
