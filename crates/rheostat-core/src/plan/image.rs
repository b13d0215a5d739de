//! A policy in force, with what its rules remember.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rheostat_policy::expr::{BuiltIn, Ref};
use rheostat_policy::model::{CheckedPolicy, Level, Rule, RuleId};

use super::facts::FactsTable;
use super::keep::{KeepCx, KeptBecause, Reads, SpanFacts, View};
use super::reads::{bare_names, reads, refs_of_rule};
use super::rule_index::RuleIndex;
use super::rule_state::RuleRuntime;
use super::tests_of_spans::SpanTests;
use crate::callsite::{Callsite, CallsiteKind};
use crate::clock::Clock;
use crate::ledger::Ledger;
use crate::matcher;
use crate::program::HashKey;

/// Moments by a rule's name and contents.
type FirstApplied = HashMap<(Option<Arc<str>>, u64), u64>;

/// What policies of one engine share.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Where moments come from.
    pub clock: Clock,
    /// Where records are accounted for.
    pub ledger: Arc<Ledger>,
    /// When each rule with `for` was first applied, on the boot clock: by name and contents.
    first_applied: Arc<Mutex<FirstApplied>>,
}

impl Ground {
    /// On a clock, with an empty ledger.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            ledger: Arc::default(),
            first_applied: Arc::default(),
        }
    }

    /// When a rule with these contents was first applied, which may be now. Taking it out and putting it in
    /// again changes nothing.
    pub(crate) fn first_applied(&self, rule: &Rule) -> u64 {
        let now = self.clock.boot_now();
        let mut known = self
            .first_applied
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known
            .entry((rule.name.clone(), rule.contents))
            .or_insert(now)
    }
}

/// One policy in force: its rules with limiters, counters and deadlines, and what
/// it wants of spans.
///
/// Made once per policy, shared by the plans of all callsites.
#[derive(Debug)]
pub struct PolicyImage {
    policy: Arc<CheckedPolicy>,
    generation: u64,
    ground: Ground,
    pub(crate) rules: Box<[RuleRuntime]>,
    pub(crate) reads: Box<[Reads]>,
    pub(crate) tests: SpanTests,
    views: Box<[View]>,
    /// Which rules a callsite may fall under.
    index: RuleIndex,
    /// The rules that read anything of the spans around their records.
    readers: Box<[usize]>,
    /// Those that ask for the number of events in spans.
    counters: Box<[usize]>,
    /// Those that ask for spans that failed.
    markers: Box<[usize]>,
    facts: FactsTable,
    hash_key: HashKey,
}

impl PolicyImage {
    /// Puts a policy together with what its rules already remember from the one before.
    pub fn new(
        policy: Arc<CheckedPolicy>,
        was: Option<&Self>,
        ground: &Ground,
        generation: u64,
    ) -> Self {
        let old = was.map_or(&[][..], |was| &was.rules);
        let rules = policy
            .rules
            .iter()
            .map(|rule| RuleRuntime::new(rule, &policy, old, ground))
            .collect();
        let mut tests = SpanTests::default();
        let mut views = Vec::new();
        let mut all_reads = Vec::with_capacity(policy.rules.len());
        for rule in &policy.rules {
            let refs = refs_of_rule(rule);
            all_reads.push(reads_of(rule, &refs, &mut tests, &mut views));
        }
        let hash_key = match &policy.defaults.hash_key {
            Some(secret) => HashKey::from_secret(secret.reveal()),
            None => HashKey::of_process(),
        };
        let whose = |asks: &dyn Fn(&Reads) -> bool| -> Box<[usize]> {
            let asking = all_reads.iter().enumerate();
            let asking = asking.filter(|(_, reads)| asks(reads));
            asking.map(|(rule, _)| rule).collect()
        };
        let image = Self {
            index: RuleIndex::of(&policy.rules),
            readers: whose(&|reads| reads.reads_spans(&views)),
            counters: whose(&|reads| reads.events),
            markers: whose(&|reads| reads.errors),
            generation,
            ground: ground.clone(),
            rules,
            reads: all_reads.into(),
            tests,
            views: views.into(),
            facts: FactsTable::new(),
            hash_key,
            policy,
        };
        // A rule whose time is over must not act until somebody looks at the clock.
        image.expire();
        image
    }

    /// The policy.
    pub fn policy(&self) -> &Arc<CheckedPolicy> {
        &self.policy
    }

    /// Its generation.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The clock that its rules live by.
    #[inline]
    pub fn clock(&self) -> &Clock {
        &self.ground.clock
    }

    /// Where its records are accounted for.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ground.ledger
    }

    /// Ends the rules whose time has come; whether any ended just now, so that callsites are to be planned anew.
    ///
    /// To be called about once a second. It never revives a rule.
    pub fn expire(&self) -> bool {
        let mut ended = false;
        for (rule, runtime) in self.policy.rules.iter().zip(&self.rules) {
            ended |= runtime.state.end_if_due(rule.ends, self.clock());
        }
        ended
    }

    /// The rules that take part now: enabled, and not ended by themselves.
    pub fn live_rules(&self) -> impl Iterator<Item = &Rule> {
        self.policy.rules.iter().filter(|rule| self.is_live(rule))
    }

    /// Whether a rule takes part now.
    pub fn is_live(&self, rule: &Rule) -> bool {
        rule.enabled && !self.rules[rule.id.0 as usize].state.has_ended()
    }

    /// The live rules that a callsite may fall under, in file order; the others certainly do not match it.
    pub(crate) fn candidates(&self, callsite: &Callsite) -> impl Iterator<Item = &Rule> {
        let candidates = self.index.candidates(callsite);
        let rules = candidates.map(|rule| &self.policy.rules[rule]);
        rules.filter(|rule| self.is_live(rule))
    }

    /// Whether `enabled!` (or its kin) is to be answered yes: some rule could match this target and level.
    pub fn could_match(&self, target: &str, level: Level) -> bool {
        self.live_rules()
            .any(|rule| matcher::could_match(rule, target, level))
    }

    /// Why the spans of a callsite are kept for a rule; empty where they are not.
    pub fn kept_for(&self, rule: RuleId, callsite: &Callsite) -> Vec<KeptBecause> {
        let index = rule.0 as usize;
        match (self.policy.rules.get(index), self.reads.get(index)) {
            (Some(rule), Some(reads)) => self.keep().reasons(rule, reads, callsite),
            _ => Vec::new(),
        }
    }

    pub(crate) fn hash_key(&self) -> HashKey {
        self.hash_key
    }

    /// What this policy wants of the spans of a callsite.
    #[inline]
    pub(crate) fn facts(&self, callsite: &Callsite) -> &SpanFacts {
        self.facts.get(callsite.id, || {
            // What matches a span keeps it, and what reads of spans may.
            let mut rules: Vec<_> = self.index.candidates(callsite).collect();
            rules.extend(&*self.readers);
            rules.sort_unstable();
            rules.dedup();
            let rules = rules
                .into_iter()
                .map(|rule| (&self.policy.rules[rule], &self.reads[rule]));
            self.keep().facts(rules, callsite)
        })
    }

    /// The fields that spans of a callsite must remember for others; none for what is no span.
    pub(crate) fn facts_for_capture(&self, callsite: &Callsite) -> &[u16] {
        match callsite.kind {
            CallsiteKind::Span => &self.facts(callsite).remembered,
            CallsiteKind::Event | CallsiteKind::Hint => &[],
        }
    }

    /// Whether spans of a callsite are kept for any rule.
    pub(crate) fn keeps(&self, callsite: &Callsite) -> bool {
        let is_live = |rule: usize| self.is_live(&self.policy.rules[rule]);
        callsite.kind == CallsiteKind::Span && self.facts(callsite).kept_for().any(is_live)
    }

    fn keep(&self) -> KeepCx<'_> {
        KeepCx {
            scope_level: self.policy.defaults.scope_level,
            tests: &self.tests,
            views: &self.views,
        }
    }

    /// The view of an action's `span_fields`, by the position of the list in the rule.
    pub(crate) fn view_of(&self, rule: RuleId, nth: usize) -> Option<usize> {
        self.reads[rule.0 as usize].views.get(nth).copied()
    }

    /// Whether an event callsite must be seen for the sake of the spans around it.
    pub(crate) fn wants_of_event(&self, callsite: &Callsite) -> (bool, bool) {
        match callsite.kind {
            CallsiteKind::Event => (
                self.counts_events(),
                callsite.level == Level::Error && self.marks_errors(),
            ),
            CallsiteKind::Span | CallsiteKind::Hint => (false, false),
        }
    }

    /// Whether some live rule asks for the number of events in spans.
    pub(crate) fn counts_events(&self) -> bool {
        self.has_live(&self.counters)
    }

    /// Whether some live rule asks for spans that failed.
    pub(crate) fn marks_errors(&self) -> bool {
        self.has_live(&self.markers)
    }

    fn has_live(&self, rules: &[usize]) -> bool {
        rules
            .iter()
            .any(|rule| self.is_live(&self.policy.rules[*rule]))
    }
}

/// What a rule reads of the spans around its records.
fn reads_of(rule: &Rule, refs: &[&Ref], tests: &mut SpanTests, views: &mut Vec<View>) -> Reads {
    let within = rule.within.iter().map(|list| tests.within(list)).collect();
    let mut of_span = Vec::new();
    for name in refs {
        match name {
            Ref::OfSpan { span, name } => of_span.push((tests.named(span), name.clone())),
            Ref::Name(_) | Ref::Own(_) | Ref::BuiltIn(_) | Ref::Since(_) => {}
        }
    }
    let mut own_views = Vec::new();
    for action in &rule.actions {
        // An action without the key has an empty view, so that views are found by the action's position.
        let globs = action
            .args
            .globs("span_fields")
            .cloned()
            .unwrap_or_default();
        own_views.push(views.len());
        views.push(View {
            rule: rule.id,
            globs,
        });
    }
    Reads {
        within,
        bare: bare_names(refs),
        of_span,
        views: own_views,
        events: reads(refs, BuiltIn::Events),
        errors: reads(refs, BuiltIn::Error),
    }
}
