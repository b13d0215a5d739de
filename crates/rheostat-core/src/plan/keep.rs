//! What spans are kept alive for, and which of their fields.
//!
//! Decided per span callsite from the policy alone, so that neither the order in
//! which callsites register nor another rule changes what a rule sees.

use std::sync::Arc;

use rheostat_policy::glob::Glob;
use rheostat_policy::model::{Level, Rule, RuleId};

use super::tests_of_spans::{Bits, SpanTests, TestId};
use crate::callsite::{Callsite, CallsiteKind};
use crate::matcher;
use crate::names::NameId;

/// What one rule reads of the spans around its records.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Its `within` lists; the last one is the rule's own.
    pub(crate) within: Vec<TestId>,
    /// Bare names, which reach out where a record's callsite does not declare them.
    pub(crate) bare: Vec<Arc<str>>,
    /// `span('X').name`.
    pub(crate) of_span: Vec<(TestId, Arc<str>)>,
    /// The `span_fields` of its actions: positions among the policy's views.
    pub(crate) views: Vec<usize>,
    /// Whether it asks for `@events`.
    pub(crate) events: bool,
    /// Whether it asks for `@error`.
    pub(crate) errors: bool,
}

/// The `span_fields` of one action.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) rule: RuleId,
    pub(crate) globs: Vec<Glob>,
}

impl View {
    fn asks_for(&self, field: &str) -> bool {
        self.globs.iter().any(|glob| glob.matches(field))
    }

    /// Whether a pattern that names fields (so not `**`) asks for a field: that keeps spans.
    fn names(&self, field: &str) -> bool {
        self.globs
            .iter()
            .any(|glob| glob.as_str() != "**" && glob.matches(field))
    }
}

/// What a policy wants of the spans of one callsite.
#[derive(Debug, Default)]
pub(crate) struct SpanFacts {
    tests: Bits,
    kept_for: Bits,
    /// Fields that a span must remember for the rules it is kept for.
    pub(crate) remembered: Box<[u16]>,
    /// By view: the fields it shows; `None` where the span is not kept for the view's rule.
    views: Box<[Option<Fields>]>,
}

type Fields = Box<[(u16, NameId)]>;

impl SpanFacts {
    #[inline]
    pub(crate) fn passes(&self, test: TestId) -> bool {
        self.tests.has(test.0 as usize)
    }

    pub(crate) fn is_kept_for(&self, rule: RuleId) -> bool {
        self.kept_for.has(rule.0 as usize)
    }

    pub(crate) fn view(&self, view: usize) -> Option<&[(u16, NameId)]> {
        self.views.get(view)?.as_deref()
    }
}

/// Why a span is kept for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptBecause {
    /// The rule matches it.
    Matched,
    /// It is one of the rule's `within`.
    Within,
    /// The rule reads `span('X')`, and this is its name.
    Named,
    /// It declares a name that the rule reads, and may lend it.
    Lends(Arc<str>),
    /// It declares a field that a `span_fields` of the rule names.
    SpanFields,
}

/// What keeping needs to know of a policy.
pub(crate) struct KeepCx<'a> {
    pub(crate) scope_level: Level,
    pub(crate) tests: &'a SpanTests,
    pub(crate) views: &'a [View],
}

impl KeepCx<'_> {
    /// Why a span callsite is kept for a rule; empty where it is not.
    pub(crate) fn reasons(
        &self,
        rule: &Rule,
        reads: &Reads,
        callsite: &Callsite,
    ) -> Vec<KeptBecause> {
        let mut reasons = Vec::new();
        if !rule.enabled || callsite.kind != CallsiteKind::Span {
            return reasons;
        }
        let passes = |test: &TestId| self.tests.holds(*test, callsite);
        if matches_spans(rule, callsite) {
            reasons.push(KeptBecause::Matched);
        }
        if reads.within.iter().any(passes) {
            reasons.push(KeptBecause::Within);
        }
        if reads.of_span.iter().any(|(test, _)| passes(test)) {
            reasons.push(KeptBecause::Named);
        }
        if self.lends(reads, callsite) {
            let declared = |name: &&Arc<str>| callsite.field(name).is_some();
            let lent = reads.bare.iter().filter(declared).cloned();
            reasons.extend(lent.map(KeptBecause::Lends));
            let named = |view: &usize| {
                let view = &self.views[*view];
                callsite.fields.iter().any(|field| view.names(field))
            };
            if reads.views.iter().any(named) {
                reasons.push(KeptBecause::SpanFields);
            }
        }
        reasons
    }

    /// Whether spans of a callsite may lend fields by bare name: an ancestor of a `within` span may be of any level.
    fn lends(&self, reads: &Reads, callsite: &Callsite) -> bool {
        callsite.level <= self.scope_level || !reads.within.is_empty()
    }

    /// What the policy wants of the spans of a callsite.
    pub(crate) fn facts(&self, rules: &[(&Rule, &Reads)], callsite: &Callsite) -> SpanFacts {
        if callsite.kind != CallsiteKind::Span {
            return SpanFacts::default();
        }
        let kept: Vec<bool> = rules
            .iter()
            .map(|(rule, reads)| !self.reasons(rule, reads, callsite).is_empty())
            .collect();
        let remembered = |field: &str| {
            rules
                .iter()
                .zip(&kept)
                .any(|((_, reads), kept)| *kept && self.remembers(reads, callsite, field))
        };
        let fields = |wanted: &dyn Fn(&str) -> bool| {
            let indices = (0_u16..).zip(callsite.fields.iter());
            let wanted = indices.filter(|(_, field)| wanted(field));
            wanted
                .map(|(index, field)| (index, *field))
                .collect::<Vec<_>>()
        };
        let view = |view: &View| {
            kept[view.rule.0 as usize].then(|| {
                let shown = fields(&|field| view.asks_for(field));
                shown
                    .into_iter()
                    .map(|(index, field)| (index, NameId::of(field)))
                    .collect::<Fields>()
            })
        };
        SpanFacts {
            tests: Bits::of(self.tests.len(), |test| {
                let test = TestId(u32::try_from(test).unwrap_or(u32::MAX));
                self.tests.holds(test, callsite)
            }),
            kept_for: Bits::of(kept.len(), |rule| kept[rule]),
            remembered: fields(&remembered)
                .into_iter()
                .map(|(index, _)| index)
                .collect(),
            views: self.views.iter().map(view).collect(),
        }
    }

    /// Whether a span that is kept for a rule must remember a field for it.
    fn remembers(&self, reads: &Reads, callsite: &Callsite, field: &str) -> bool {
        let lent = self.lends(reads, callsite) && reads.bare.iter().any(|name| **name == *field);
        let of_span = || {
            reads
                .of_span
                .iter()
                .any(|(test, name)| **name == *field && self.tests.holds(*test, callsite))
        };
        let shown = || {
            reads
                .views
                .iter()
                .any(|view| self.views[*view].asks_for(field))
        };
        lent || of_span() || shown()
    }
}

/// Whether a rule matches the spans of a callsite, so that something of it acts on them.
fn matches_spans(rule: &Rule, callsite: &Callsite) -> bool {
    let acts = || {
        rule.drop.is_some()
            || rule
                .actions
                .iter()
                .any(|action| matcher::acts(rule, action.selects, callsite))
    };
    matcher::is_matched(rule, callsite) && !matcher::is_excepted(rule, callsite) && acts()
}
