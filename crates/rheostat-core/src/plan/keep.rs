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

impl Reads {
    /// Whether spans may be kept for the rule though it matches none.
    pub(crate) fn reads_spans(&self, views: &[View]) -> bool {
        let names_fields = |view: &usize| !views[*view].globs.is_empty();
        !self.within.is_empty()
            || !self.bare.is_empty()
            || !self.of_span.is_empty()
            || self.views.iter().any(names_fields)
    }
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

    /// The positions of the rules for which it is kept.
    pub(crate) fn kept_for(&self) -> impl Iterator<Item = usize> {
        self.kept_for.numbers()
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

    /// What the policy wants of the spans of a callsite; of its rules only those that may want anything are given.
    pub(crate) fn facts<'r>(
        &self,
        rules: impl Iterator<Item = (&'r Rule, &'r Reads)>,
        callsite: &Callsite,
    ) -> SpanFacts {
        if callsite.kind != CallsiteKind::Span {
            return SpanFacts::default();
        }
        let kept: Vec<(usize, &Reads)> = rules
            .filter(|(rule, reads)| !self.reasons(rule, reads, callsite).is_empty())
            .map(|(rule, reads)| (rule.id.0 as usize, reads))
            .collect();
        let kept_for = Bits::with(kept.iter().map(|(rule, _)| *rule));
        let remembered = |field: &str| {
            kept.iter()
                .any(|(_, reads)| self.remembers(reads, callsite, field))
        };
        let fields = |wanted: &dyn Fn(&str) -> bool| {
            let indices = (0_u16..).zip(callsite.fields.iter());
            let wanted = indices.filter(|(_, field)| wanted(field));
            wanted
                .map(|(index, field)| (index, *field))
                .collect::<Vec<_>>()
        };
        let view = |view: &View| {
            kept_for.has(view.rule.0 as usize).then(|| {
                let shown = fields(&|field| view.asks_for(field));
                shown
                    .into_iter()
                    .map(|(index, field)| (index, NameId::of(field)))
                    .collect::<Fields>()
            })
        };
        let tests = (0..self.tests.len()).filter(|test| {
            let test = TestId(u32::try_from(*test).unwrap_or(u32::MAX));
            self.tests.holds(test, callsite)
        });
        // Without a rule there is nobody to show anything to.
        let viewed = if kept.is_empty() { &[] } else { self.views };
        SpanFacts {
            tests: Bits::with(tests),
            remembered: fields(&remembered)
                .into_iter()
                .map(|(index, _)| index)
                .collect(),
            views: viewed.iter().map(view).collect(),
            kept_for,
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
