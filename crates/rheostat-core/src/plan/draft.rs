//! A callsite's plan while it is being put together.

use rheostat_policy::expr::Expr;
use rheostat_policy::model::{Drop, Phases, Rule, RuleId};

use super::{PolicyImage, TestId, Wants};
use crate::callsite::{Callsite, CallsiteKind};
use crate::capture::CaptureBuilder;
use crate::matcher;
use crate::program::{FoldCx, Node, Program, fold};

/// What is collected for one callsite.
pub(crate) struct Draft<'i> {
    pub(crate) image: &'i PolicyImage,
    pub(crate) callsite: &'i Callsite,
    pub(crate) capture: CaptureBuilder,
    pub(crate) wants: Wants,
    /// Whether outputs hear of spans that close and pass no step.
    pub(crate) hears_close: bool,
    /// Whether outputs hear of spans that open and pass no step.
    pub(crate) hears_open: bool,
    pub(crate) rules: Vec<DraftRule<'i>>,
    pub(crate) steps: Vec<DraftStep<'i>>,
}

/// One rule whose static part holds.
pub(crate) struct DraftRule<'i> {
    pub(crate) rule: &'i Rule,
    /// `within` lists that must be looked for around each record.
    pub(crate) within: Box<[TestId]>,
    pub(crate) guard: Guard,
    pub(crate) steps: std::ops::Range<usize>,
}

/// One action of such a rule that acts on the callsite.
pub(crate) struct DraftStep<'i> {
    pub(crate) rule: &'i Rule,
    pub(crate) action: usize,
    pub(crate) guard: Guard,
    pub(crate) on: Phases,
    /// An output may keep an action's limits for itself.
    pub(crate) is_limited: bool,
}

/// A condition of which the callsite's part was decided; it never is decided to fail here.
#[derive(Clone, Debug)]
pub(crate) enum Guard {
    /// It always holds.
    Open,
    /// This is left.
    Asks(Node),
}

impl Guard {
    pub(crate) fn program(self) -> Option<Program> {
        match self {
            Self::Open => None,
            Self::Asks(node) => Some(Program::of(node)),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

impl<'i> Draft<'i> {
    /// Everything static about a callsite under a policy.
    ///
    /// The children of a span share its fate, so outputs have to see which of their steps do not see it: what a
    /// rule drops of spans is left to each record, though it drops all of them.
    pub(crate) fn new(image: &'i PolicyImage, callsite: &'i Callsite) -> Self {
        Self::of(image, callsite, callsite.kind != CallsiteKind::Span)
    }

    /// The same without any step that can never act, for people.
    pub(crate) fn lean(image: &'i PolicyImage, callsite: &'i Callsite) -> Self {
        Self::of(image, callsite, true)
    }

    fn of(image: &'i PolicyImage, callsite: &'i Callsite, is_lean: bool) -> Self {
        let mut draft = Self {
            image,
            callsite,
            capture: CaptureBuilder::new(callsite),
            wants: Wants::default(),
            hears_close: false,
            hears_open: false,
            rules: Vec::new(),
            steps: Vec::new(),
        };
        let mut unseen: Vec<&'static str> = Vec::new();
        for rule in image.candidates(callsite) {
            let is_last = draft.add(rule, &mut unseen);
            if !is_lean {
                unseen.clear();
            } else if is_last {
                break;
            }
        }
        let (counted, marks_error) = image.wants_of_event(callsite);
        draft.wants.counted = counted;
        draft.wants.marks_error = marks_error;
        draft
    }

    /// Whether any rule does, or as a shadow would do, anything on this callsite.
    pub(crate) fn acts(&self) -> bool {
        let would_drop = |rule: &DraftRule<'_>| rule.rule.shadow && rule.rule.drop.is_some();
        !self.steps.is_empty() || self.rules.iter().any(would_drop)
    }

    /// Makes spans remember what others read of them.
    pub(crate) fn remember_for_others(&mut self) {
        for field in self.image.facts_for_capture(self.callsite) {
            self.capture.keep(self.callsite, usize::from(*field));
        }
    }

    /// Adds a rule if it is for this callsite; whether no later rule sees any record of it.
    fn add(&mut self, rule: &'i Rule, unseen: &mut Vec<&'static str>) -> bool {
        if !matcher::is_matched(rule, self.callsite) || matcher::is_excepted(rule, self.callsite) {
            return false;
        }
        let Some(guard) = self.guard(rule.id, rule.condition.as_ref()) else {
            return false;
        };
        let start = self.steps.len();
        for (index, action) in rule.actions.iter().enumerate() {
            if !matcher::acts(rule, action.selects, self.callsite) || unseen.contains(&action.name)
            {
                continue;
            }
            if let Some(guard) = self.guard(rule.id, action.condition.as_ref()) {
                self.steps.push(DraftStep {
                    rule,
                    action: index,
                    guard,
                    on: action.on,
                    is_limited: true,
                });
            }
        }
        let steps = start..self.steps.len();
        let drop = rule.drop.as_ref().filter(|_| !rule.shadow);
        if steps.is_empty() && rule.drop.is_none() {
            return false;
        }
        let within: Box<[TestId]> = self.image.reads[rule.id.0 as usize]
            .within
            .iter()
            .copied()
            .filter(|test| !self.image.tests.holds(*test, self.callsite))
            .collect();
        self.wants.scope |= !within.is_empty();
        let always = within.is_empty() && guard.is_open() && rule.ends.is_none();
        self.rules.push(DraftRule {
            rule,
            within,
            guard,
            steps,
        });
        match drop {
            Some(Drop::All) => always,
            Some(Drop::Actions(names)) => {
                if always {
                    unseen.extend(names);
                }
                false
            }
            None => false,
        }
    }

    /// What is left of a condition; `None` where it can never hold here.
    fn guard(&mut self, rule: RuleId, condition: Option<&Expr>) -> Option<Guard> {
        let Some(condition) = condition else {
            return Some(Guard::Open);
        };
        self.capture.judging(true);
        let node = self.fold(rule, condition);
        self.capture.judging(false);
        match node.decided() {
            Some(true) => Some(Guard::Open),
            Some(false) => None,
            None => Some(Guard::Asks(node)),
        }
    }

    pub(crate) fn fold(&mut self, rule: RuleId, expr: &Expr) -> Node {
        fold(expr, &mut self.cx(rule))
    }

    pub(crate) fn cx(&mut self, rule: RuleId) -> FoldCx<'_> {
        FoldCx {
            callsite: self.callsite,
            image: self.image,
            rule,
            capture: &mut self.capture,
            wants: &mut self.wants,
        }
    }

    pub(crate) fn is_span(&self) -> bool {
        self.callsite.kind == CallsiteKind::Span
    }
}
