//! The steps of a world, one by one, under one policy.

use std::collections::{BTreeMap, HashMap};

use rheostat_policy::model::{CheckedPolicy, Level};

use super::judge::{Judged, Phase};
use super::limits::Memory;
use super::rules::is_kept;
use super::spans::{Span, chain, record};
use super::totals::{Series, Totals};
use crate::world::{Came, Parent, Recorded, Step, World};

/// Runs a world by hand: what came of it record by record, and what that comes to in all.
pub(crate) fn run(policy: &CheckedPolicy, world: &World) -> (Came, Totals) {
    let mut run = Run {
        policy,
        world,
        spans: Vec::new(),
        numbers: Vec::new(),
        stack: Vec::new(),
        now: 0,
        limits: HashMap::new(),
        raised: HashMap::new(),
        came: Came::default(),
        totals: Totals::default(),
    };
    world.steps.iter().for_each(|step| run.step(step));
    (run.came, run.totals)
}

pub(super) struct Run<'a> {
    pub(super) policy: &'a CheckedPolicy,
    pub(super) world: &'a World,
    /// The spans that exist.
    pub(super) spans: Vec<Span>,
    /// From the number of an open step to the span, where it exists.
    numbers: Vec<Option<usize>>,
    /// The entered spans, the innermost last.
    stack: Vec<usize>,
    pub(super) now: i128,
    pub(super) limits: HashMap<(u32, usize), Memory>,
    /// Series that open spans raised, to be lowered when they close: by span, rule and action.
    pub(super) raised: HashMap<(usize, u32, usize), (String, Series)>,
    pub(super) came: Came,
    pub(super) totals: Totals,
}

impl Run<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(nanoseconds) => self.now += i128::from(*nanoseconds),
            Step::Open {
                site,
                parent,
                values,
            } => self.open(*site, *parent, values),
            Step::Enter(number) => self.enter(*number),
            Step::Exit(number) => self.exit(*number),
            Step::Record { span, values } => {
                if let Some(span) = self.numbers[*span] {
                    let site = &self.world.sites[self.spans[span].site];
                    record(&mut self.spans[span].values, site, values);
                }
            }
            Step::Close(number) => {
                if let Some(span) = self.numbers[*number] {
                    self.release(span);
                }
            }
            Step::Event {
                site,
                parent,
                values,
            } => self.event(*site, *parent, values),
        }
    }

    fn parent(&self, parent: Parent) -> Option<usize> {
        match parent {
            Parent::Context => self.stack.last().copied(),
            Parent::Root => None,
            Parent::Of(number) => self.numbers[number],
        }
    }

    fn open(&mut self, number: usize, parent: Parent, values: &[(usize, Recorded)]) {
        let site = &self.world.sites[number];
        if !is_kept(self.policy, site) {
            self.numbers.push(None);
            return;
        }
        let parent = self.parent(parent);
        let mut span = Span::new(number, parent, self.now);
        record(&mut span.values, site, values);
        if let Some(parent) = parent {
            self.spans[parent].holders += 1;
        }
        self.spans.push(span);
        let index = self.spans.len() - 1;
        self.numbers.push(Some(index));
        self.judge_span(index, Phase::Open);
    }

    fn enter(&mut self, number: usize) {
        let Some(index) = self.numbers[number] else {
            return;
        };
        self.stack.push(index);
        let now = self.now;
        let span = &mut self.spans[index];
        span.holders += 1;
        span.first_entered.get_or_insert(now);
        span.entered_at = Some(now);
        span.polls += 1;
    }

    fn exit(&mut self, number: usize) {
        let Some(index) = self.numbers[number] else {
            return;
        };
        let Some(at) = self.stack.iter().rposition(|entered| *entered == index) else {
            return;
        };
        self.stack.remove(at);
        let now = self.now;
        let span = &mut self.spans[index];
        span.busy += now - span.entered_at.take().unwrap_or(now);
        span.last_exited = Some(now);
        self.release(index);
    }

    fn release(&mut self, index: usize) {
        self.spans[index].holders -= 1;
        if self.spans[index].holders == 0 {
            self.judge_span(index, Phase::Close);
            if let Some(parent) = self.spans[index].parent {
                self.release(parent);
            }
        }
    }

    fn event(&mut self, number: usize, parent: Parent, values: &[(usize, Recorded)]) {
        let site = &self.world.sites[number];
        let around = chain(&self.spans, self.parent(parent));
        for span in &around {
            self.spans[*span].events += 1;
            self.spans[*span].error |= site.level == Level::Error;
        }
        let mut own = BTreeMap::new();
        record(&mut own, site, values);
        self.judge(&Judged {
            site,
            phase: Phase::Event,
            own: &own,
            this: None,
            around,
        });
    }

    fn judge_span(&mut self, index: usize, phase: Phase) {
        let span = &self.spans[index];
        let (site, own) = (&self.world.sites[span.site], span.values.clone());
        let around = chain(&self.spans, span.parent);
        self.judge(&Judged {
            site,
            phase,
            own: &own,
            this: Some(index),
            around,
        });
    }
}
