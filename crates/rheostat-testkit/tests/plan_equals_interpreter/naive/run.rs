//! The steps of a world, one by one, under one policy.

use std::collections::{BTreeMap, HashMap, HashSet};

use rheostat_policy::expr::{BuiltIn, Ref};
use rheostat_policy::model::{Action, CheckedPolicy, Drop, Mapped, Rule};

use super::eval::{Lookup, evaluate, holds};
use super::limits::{Keys, Memory};
use super::rules::{acts_on, is_kept, is_within, matches};
use super::spans::{Span, chain, record};
use super::value::Value;
use crate::world::{Outcome, Parent, Recorded, Site, Step, World};

/// Runs a world by hand.
pub(crate) fn run(policy: &CheckedPolicy, world: &World) -> Outcome {
    let mut run = Run {
        policy,
        world,
        spans: Vec::new(),
        numbers: Vec::new(),
        stack: Vec::new(),
        now: 0,
        limits: HashMap::new(),
        outcome: Outcome::default(),
    };
    world.steps.iter().for_each(|step| run.step(step));
    run.outcome
}

struct Run<'a> {
    policy: &'a CheckedPolicy,
    world: &'a World,
    /// The spans that exist.
    spans: Vec<Span>,
    /// From the number of an open step to the span, where it exists.
    numbers: Vec<Option<usize>>,
    /// The entered spans, the innermost last.
    stack: Vec<usize>,
    now: i128,
    limits: HashMap<(u32, usize), Memory>,
    outcome: Outcome,
}

/// The moment of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Event,
    Open,
    Close,
}

/// One record under judgement.
struct Judged<'a> {
    site: &'a Site,
    phase: Phase,
    own: &'a BTreeMap<String, Value>,
    /// The span itself, for a span's records.
    this: Option<usize>,
    /// What is around it, nearest first, itself excluded.
    around: Vec<usize>,
}

impl Run<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(nanoseconds) => self.now += i128::from(*nanoseconds),
            Step::Open { site, parent, values } => self.open(*site, *parent, values),
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
            Step::Event { site, parent, values } => self.event(*site, *parent, values),
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
        let Some(index) = self.numbers[number] else { return };
        self.stack.push(index);
        let now = self.now;
        let span = &mut self.spans[index];
        span.holders += 1;
        span.first_entered.get_or_insert(now);
        span.entered_at = Some(now);
        span.polls += 1;
    }

    fn exit(&mut self, number: usize) {
        let Some(index) = self.numbers[number] else { return };
        let Some(at) = self.stack.iter().rposition(|entered| *entered == index) else { return };
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
            self.spans[*span].error |= site.level == rheostat_policy::model::Level::Error;
        }
        let mut own = BTreeMap::new();
        record(&mut own, site, values);
        self.judge(&Judged { site, phase: Phase::Event, own: &own, this: None, around });
    }

    fn judge_span(&mut self, index: usize, phase: Phase) {
        let span = &self.spans[index];
        let (site, own) = (&self.world.sites[span.site], span.values.clone());
        let around = chain(&self.spans, span.parent);
        self.judge(&Judged { site, phase, own: &own, this: Some(index), around });
    }

    /// Every rule in file order.
    fn judge(&mut self, record: &Judged<'_>) {
        let policy = self.policy;
        let mut fed = HashSet::new();
        let mut dropped: HashSet<&str> = HashSet::new();
        let mut candidates = Vec::new();
        let mut lines = Vec::new();
        for rule in policy.rules.iter().filter(|rule| rule.enabled) {
            if dropped.contains("*") {
                break;
            }
            let rule_holds = self.rule_holds(rule, record);
            for (at, action) in rule.actions.iter().enumerate() {
                if !rule_holds || rule.shadow || dropped.contains(action.name) || !self.acts(rule, action, record) {
                    continue;
                }
                match (action.metric, action.sink) {
                    (Some(metric), _) => {
                        if fed.insert((action.name, metric)) {
                            lines.extend(self.measure(rule, action, record));
                        }
                    }
                    (None, Some(_)) => candidates.push((rule, at, action)),
                    (None, None) => {}
                }
            }
            let unsaid = true;
            if rule_holds && !rule.shadow && matches(rule, record.site, unsaid) {
                match &rule.drop {
                    Some(Drop::All) => drop(dropped.insert("*")),
                    Some(Drop::Actions(names)) => dropped.extend(names.iter().copied()),
                    None => {}
                }
            }
        }
        self.deliver(candidates, record, &mut lines);
        lines.sort();
        self.outcome.lines.extend(lines);
    }

    fn rule_holds(&self, rule: &Rule, record: &Judged<'_>) -> bool {
        let lookup = Names { run: self, rule, record };
        rule.within.iter().all(|within| lookup.within(within).is_some())
            && rule.condition.as_ref().is_none_or(|condition| holds(condition, &lookup))
    }

    fn acts(&self, rule: &Rule, action: &Action, record: &Judged<'_>) -> bool {
        let moment = match record.phase {
            Phase::Event => true,
            Phase::Open => action.on.open,
            Phase::Close => action.on.close,
        };
        let lookup = Names { run: self, rule, record };
        moment
            && acts_on(rule, action, record.site)
            && action.condition.as_ref().is_none_or(|condition| holds(condition, &lookup))
    }

    /// What a metric gets: `counter name {labels} amount`.
    fn measure(&self, rule: &Rule, action: &Action, record: &Judged<'_>) -> Option<String> {
        let lookup = Names { run: self, rule, record };
        let metric = &self.policy.metrics[action.metric?.0 as usize];
        let of = action.args.expr("of").map_or(Value::integer(1), |of| evaluate(of, &lookup));
        let amount = match (of.number(), of.duration()) {
            (Some(number), _) => number.as_f64(),
            (None, Some(nanoseconds)) => nanoseconds as f64 / 1e9,
            (None, None) => return None,
        };
        if !amount.is_finite() || (action.name == "count" && amount < 0.0) {
            return None;
        }
        let labels: Vec<String> = action
            .labels
            .iter()
            .filter_map(|label| Some((&label.name, self.label(&label.value, &lookup)?)))
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
        Some(format!("{} {} {labels:?} {amount}", action.name, metric.name))
    }

    fn label(&self, label: &Mapped, lookup: &Names<'_>) -> Option<String> {
        let mut text = evaluate(&label.of, lookup).shown();
        if let Some(map) = &label.map {
            text = text.and_then(|text| {
                map.iter().find(|(from, _)| **from == *text).map(|(_, to)| to.to_string())
            });
        }
        let text = text
            .or_else(|| label.default.as_ref().map(ToString::to_string))
            .unwrap_or_else(|| self.policy.defaults.missing.to_string());
        (!text.is_empty()).then_some(text)
    }

    /// One sink gets one record once: the most generous action decides.
    fn deliver(
        &mut self,
        candidates: Vec<(&Rule, usize, &Action)>,
        record: &Judged<'_>,
        lines: &mut Vec<String>,
    ) {
        let mut sinks: Vec<_> = candidates.iter().filter_map(|(_, _, action)| action.sink).collect();
        sinks.sort();
        sinks.dedup();
        for sink in sinks {
            let turn = candidates.iter().filter(|(_, _, action)| action.sink == Some(sink));
            let mut best: Option<&(&Rule, usize, &Action)> = None;
            for candidate in turn {
                if best.is_none_or(|best| generosity(candidate.2) > generosity(best.2)) {
                    best = Some(candidate);
                }
            }
            let Some((rule, at, action)) = best else { continue };
            let lookup = Names { run: self, rule, record };
            let keys = |by: Option<&Vec<rheostat_policy::expr::Expr>>| {
                by.into_iter().flatten().map(|by| evaluate(by, &lookup).shown().unwrap_or_default()).collect()
            };
            let keys = Keys {
                every: keys(action.limits.every.as_ref().map(|limit| &limit.by)),
                rate: keys(action.limits.rate.as_ref().map(|limit| &limit.by)),
            };
            let now = self.now;
            let memory = self.limits.entry((rule.id.0, *at)).or_default();
            if let Some(weight) = memory.pass(&action.limits, keys, now) {
                lines.push(format!("{} to {} by {} weight {weight}", action.name, sink.0, rule.shown_name()));
            }
        }
    }
}

/// No limit, before `sample`, before `every`, before `rate`.
fn generosity(action: &Action) -> f64 {
    let limits = &action.limits;
    if limits.rate.is_some() {
        0.0
    } else if limits.every.is_some() {
        1.0
    } else if let Some(sample) = &limits.sample {
        2.0 + sample.ratio
    } else {
        4.0
    }
}

/// What names mean for one rule and one record.
struct Names<'a> {
    run: &'a Run<'a>,
    rule: &'a Rule,
    record: &'a Judged<'a>,
}

impl Names<'_> {
    fn site(&self, span: usize) -> &Site {
        &self.run.world.sites[self.run.spans[span].site]
    }

    /// The nearest span of a `within` list, the record itself included.
    fn within(&self, within: &[rheostat_policy::model::Selector]) -> Option<usize> {
        let all = self.record.this.into_iter().chain(self.record.around.iter().copied());
        all.into_iter().find(|span| is_within(within, self.site(*span)))
    }

    fn marked(&self) -> Option<usize> {
        self.within(self.rule.within.last()?)
    }

    fn bare(&self, name: &str) -> Value {
        if let Some(value) = self.record.own.get(name) {
            return value.clone();
        }
        let declared = self.record.site.fields.iter().any(|field| field == name);
        let mut reached = Vec::new(); // the `within` spans and their ancestors
        for within in &self.rule.within {
            reached.extend(chain(&self.run.spans, self.within(within)));
        }
        let scope = self.run.policy.defaults.scope_level;
        let visible = |span: &usize| {
            reached.contains(span) || (!declared && self.site(*span).level <= scope)
        };
        let mut around = self.record.around.iter().filter(|span| visible(span));
        around.find_map(|span| self.run.spans[*span].values.get(name).cloned()).unwrap_or(Value::Missing)
    }

    fn of_span(&self, name: &str, field: &str) -> Value {
        if self.record.this.is_some() && self.record.site.name == name {
            return self.record.own.get(field).cloned().unwrap_or(Value::Missing);
        }
        let mut around = self.record.around.iter();
        around
            .find(|span| self.site(**span).name == name)
            .and_then(|span| self.run.spans[*span].values.get(field).cloned())
            .unwrap_or(Value::Missing)
    }

    fn built_in(&self, name: BuiltIn) -> Value {
        let site = self.record.site;
        let text = |text: &str| Value::Text(text.to_owned());
        let maybe = |found: Option<&String>| found.map_or(Value::Missing, |found| text(found));
        match name {
            BuiltIn::Level => text(site.level.as_str()),
            BuiltIn::Target => text(&site.target),
            BuiltIn::Module => maybe(site.module.as_ref()),
            BuiltIn::File => maybe(site.file.as_ref()),
            BuiltIn::Line => site.line.map_or(Value::Missing, |line| Value::integer(line.into())),
            BuiltIn::Name => text(&site.name),
            BuiltIn::Kind => text(if site.is_span { "span" } else { "event" }),
            BuiltIn::Message => self.record.own.get("message").cloned().unwrap_or(Value::Missing),
            BuiltIn::Span => self.marked().map_or(Value::Missing, |span| text(&self.site(span).name)),
            BuiltIn::Elapsed if self.record.phase == Phase::Event => match self.marked() {
                Some(span) => Value::Duration(self.run.now - self.run.spans[span].opened),
                None => Value::Missing,
            },
            _ => self.at_close(name),
        }
    }

    /// What only a span at its close has.
    fn at_close(&self, name: BuiltIn) -> Value {
        let (Phase::Close, Some(this)) = (self.record.phase, self.record.this) else {
            return Value::Missing;
        };
        let span = &self.run.spans[this];
        let duration = self.run.now - span.opened;
        match name {
            BuiltIn::Duration => Value::Duration(duration),
            BuiltIn::Busy => Value::Duration(span.busy),
            BuiltIn::Idle => Value::Duration(duration - span.busy),
            BuiltIn::Polls => Value::integer(span.polls),
            BuiltIn::Events => Value::integer(span.events),
            BuiltIn::Active => match (span.first_entered, span.last_exited) {
                (Some(first), Some(last)) => Value::Duration(last - first),
                _ => Value::Missing,
            },
            BuiltIn::Error => {
                let has = |field: &str| span.values.contains_key(field);
                let status = span.values.get("otel.status_code").and_then(Value::text);
                let failed = status.as_deref() == Some("ERROR");
                Value::Bool(span.error || failed || has("error") || has("exception.message"))
            }
            _ => Value::Missing,
        }
    }
}

impl Lookup for Names<'_> {
    fn find(&self, name: &Ref) -> Value {
        match name {
            Ref::Name(name) if &**name == "message" => self.built_in(BuiltIn::Message),
            Ref::Name(name) => self.bare(name),
            Ref::Own(name) => self.record.own.get(&**name).cloned().unwrap_or(Value::Missing),
            Ref::OfSpan { span, name } => self.of_span(span, name),
            Ref::BuiltIn(name) => self.built_in(*name),
            Ref::Since(_) => Value::Missing,
        }
    }
}
