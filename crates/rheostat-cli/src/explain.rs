//! `rheostat explain`: what a policy makes of a callsite.

use rheostat_core::plan::{
    Applies, ExplainedAction, ExplainedRule, Fate, KeptBecause, PolicyImage, SpanRead, WhyNot,
    explain, remembered,
};
use rheostat_core::{Callsite, CallsiteId, CallsiteKind};
use rheostat_policy::expr::Expr;
use rheostat_policy::model::{Drop, Limits, RuleId};
use serde_json::{Value, json};

use crate::arguments::{Explain, Format};
use crate::{Verdict, callsites, input, print, vocabulary};

/// Explains every callsite that was asked for.
///
/// # Errors
///
/// The policy or the inventory cannot be read, or a callsite is not one.
pub(crate) fn run(arguments: &Explain) -> Result<Verdict, String> {
    let mut asked = asked(arguments)?;
    for (number, callsite) in (0..).zip(&mut asked) {
        // What is known of a callsite is kept by its number.
        callsite.id = CallsiteId(number);
    }
    let vocabulary = vocabulary::of(&arguments.program)?;
    let checked = input::checked(&arguments.policy, &vocabulary)?;
    let Some(policy) = checked.policy else {
        print::line(&checked.diagnostics)?;
        return Ok(Verdict::Errors);
    };
    let image = input::image(policy);
    let mut all = Vec::new();
    for callsite in &asked {
        let view = View {
            image: &image,
            callsite,
            rules: explain(&image, callsite).rules,
            known: &asked,
        };
        match arguments.format {
            Format::Text => print::line(view.text())?,
            Format::Json => all.push(view.object()),
        }
    }
    if arguments.format == Format::Json {
        print::line(Value::Array(all))?;
    }
    Ok(Verdict::Fine)
}

fn asked(arguments: &Explain) -> Result<Vec<Callsite>, String> {
    match &arguments.inventory {
        Some(inventory) => input::inventory(inventory),
        None => arguments
            .callsite
            .iter()
            .map(|text| callsites::written(text))
            .collect(),
    }
}

/// The rules for which a callsite's spans are kept, each with its reasons.
fn kept(image: &PolicyImage, callsite: &Callsite) -> Vec<String> {
    let one = |rule: &rheostat_policy::model::Rule| {
        let reasons: Vec<String> = image
            .kept_for(rule.id, callsite)
            .iter()
            .map(because)
            .collect();
        (!reasons.is_empty()).then(|| format!("{} ({})", rule.shown_name(), reasons.join(", ")))
    };
    image.live_rules().filter_map(one).collect()
}

fn because(reason: &KeptBecause) -> String {
    match reason {
        KeptBecause::Matched => "it matches".to_owned(),
        KeptBecause::Within => "`within`".to_owned(),
        KeptBecause::Named => "`span(..)` names it".to_owned(),
        KeptBecause::Lends(name) => format!("it lends `{name}`"),
        KeptBecause::SpanFields => "`span_fields`".to_owned(),
    }
}

/// One callsite under a policy, and what else is known.
struct View<'a> {
    image: &'a PolicyImage,
    callsite: &'a Callsite,
    rules: Vec<ExplainedRule>,
    known: &'a [Callsite],
}

impl View<'_> {
    fn text(&self) -> String {
        let callsite = self.callsite;
        // An event without a name of its own is called `event FILE:LINE`, which says its kind and place already.
        let what = if callsite.name.starts_with("event ") {
            ""
        } else {
            kind(callsite)
        };
        let head = format!("{what} {}", callsite.name);
        let level = callsite.level.as_str();
        let mut lines = vec![format!(
            "{} ({}, {level})",
            head.trim_start(),
            callsite.shown()
        )];
        for rule in &self.rules {
            let head = format!("  {} (line {})", rule.name, self.line(rule.place));
            match &rule.fate {
                Fate::Not(why) => lines.push(format!("{head}: no, {}", self.reason(why))),
                Fate::Applies(applies) => {
                    lines.push(format!("{head}: yes"));
                    let details = self.details(rule, applies);
                    lines.extend(details.into_iter().map(|line| format!("    {line}")));
                }
            }
        }
        if callsite.kind == CallsiteKind::Span {
            lines.push(match kept(self.image, callsite).as_slice() {
                [] => "  its spans are kept for no rule".to_owned(),
                kept => format!("  its spans are kept for: {}", kept.join("; ")),
            });
            lines.extend(self.cost(callsite).map(|cost| format!("  {cost}")));
        }
        lines.join("\n")
    }

    fn line(&self, place: rheostat_policy::Place) -> usize {
        self.image
            .policy()
            .source
            .line_column(place.start as usize)
            .0
    }

    fn name(&self, rule: RuleId) -> String {
        self.image.policy().rules[rule.0 as usize].shown_name()
    }

    /// What each span of a callsite costs that is kept.
    fn cost(&self, span: &Callsite) -> Option<String> {
        if kept(self.image, span).is_empty() {
            return None;
        }
        Some(match remembered(self.image, span).as_slice() {
            [] => "each costs a slot, and no copy of any field".to_owned(),
            fields => format!("each costs a slot, and a copy of {}", ticked(fields)),
        })
    }

    fn details(&self, rule: &ExplainedRule, applies: &Applies) -> Vec<String> {
        let mut lines = Vec::new();
        if !applies.decided.is_empty() {
            lines.push(format!(
                "decided for the callsite: {}",
                applies.decided.join(" and ")
            ));
        }
        match &applies.left {
            Some(left) => lines.push(format!("asked of each record: {left}")),
            None => lines.push("asked of each record: nothing".to_owned()),
        }
        if applies.within > 0 {
            lines.push("each record must be inside a `within` span".to_owned());
        }
        lines.extend(applies.actions.iter().map(|action| self.does(rule, action)));
        for never in &applies.never {
            let what = self.fed(rule, never.nth);
            let part = &never.part;
            lines.push(format!(
                "does not: {}{what}, for `{part}` can never hold here",
                never.name
            ));
        }
        for silenced in &applies.silenced {
            let by = self.name(silenced.by);
            lines.push(format!("does not: {}, which {by} drops", silenced.name));
        }
        match &applies.drop {
            Some(Drop::All) => lines.push("drops: later rules do not see the record".to_owned()),
            Some(Drop::Actions(actions)) => lines.push(format!(
                "drops: later rules do not see the record, as far as {} goes",
                actions.join(", ")
            )),
            None => {}
        }
        if applies.shadow {
            lines.push("only counts what it would do (shadow)".to_owned());
        }
        for read in &applies.spans {
            lines.push(format!("keeps {}", spans(read)));
        }
        lines.extend(self.kept_spans(rule, applies));
        lines
    }

    /// The spans among the known callsites that are kept for what a rule reads around its records.
    fn kept_spans(&self, rule: &ExplainedRule, applies: &Applies) -> Vec<String> {
        if applies.spans.is_empty() {
            return Vec::new();
        }
        let spans = self.known.iter().filter(|known| {
            known.kind == CallsiteKind::Span && !self.image.kept_for(rule.rule, known).is_empty()
        });
        let one = |span: &Callsite| {
            let cost = self.cost(span)?;
            Some(format!("  {} ({}): {cost}", span.name, span.shown()))
        };
        spans.filter_map(one).collect()
    }

    fn does(&self, rule: &ExplainedRule, explained: &ExplainedAction) -> String {
        let policy = self.image.policy();
        let action = &policy.rules[rule.rule.0 as usize].actions[explained.nth];
        let mut line = format!("does: {}{}", action.name, self.fed(rule, explained.nth));
        if self.callsite.kind == CallsiteKind::Span {
            line += match (explained.on.open, explained.on.close) {
                (true, true) => ", when it opens and when it closes",
                (true, false) => ", when it opens",
                // As a span's actions do unless they say otherwise.
                (false, _) => "",
            };
        }
        if let Some(left) = &explained.left {
            line += &format!(", where {left}");
        }
        for limit in limits(&action.limits) {
            line += &format!(", {limit}");
        }
        if !explained.after.is_empty() {
            let names: Vec<String> = explained.after.iter().map(|id| self.name(*id)).collect();
            line += &format!(", unless {} takes the record", names.join(" or "));
        }
        line
    }

    /// The metric or the sink of a rule's action.
    fn fed(&self, rule: &ExplainedRule, nth: usize) -> String {
        let policy = self.image.policy();
        let action = &policy.rules[rule.rule.0 as usize].actions[nth];
        let mut fed = String::new();
        if let Some(metric) = action.metric {
            let labels: Vec<&str> = action.labels.iter().map(|label| &*label.name).collect();
            fed += &format!(" {}", policy.metrics[metric.0 as usize].name);
            if !labels.is_empty() {
                fed += &format!("{{{}}}", labels.join(", "));
            }
        }
        if let Some(sink) = action.sink {
            let sink = &policy.sinks[sink.0 as usize];
            fed += &format!(" to {} ({})", sink.name, sink.ty);
        }
        fed
    }

    fn reason(&self, why: &WhyNot) -> String {
        match why {
            WhyNot::Disabled => "it is disabled".to_owned(),
            WhyNot::Ended => "its time is over".to_owned(),
            WhyNot::NoAction => "none of its actions acts on this kind of callsite".to_owned(),
            WhyNot::NeverHolds { part } => format!("`{part}` can never hold here"),
            WhyNot::Excepted { place } => {
                format!("`except` at line {} accepts it", self.line(*place))
            }
            WhyNot::Dropped { by } => format!("{} drops every record before", self.name(*by)),
            WhyNot::Unmatched { refused } => {
                let one = |(place, keys): &(_, Vec<&'static str>)| {
                    format!("line {}: {}", self.line(*place), keys.join(", "))
                };
                let refused: Vec<String> = refused.iter().map(one).collect();
                format!("`match` does not hold ({})", refused.join("; "))
            }
        }
    }

    fn object(&self) -> Value {
        let rules: Vec<Value> = self
            .rules
            .iter()
            .map(|rule| {
                let line = self.line(rule.place);
                match &rule.fate {
                    Fate::Not(why) => json!({
                        "rule": rule.name, "line": line, "applies": false, "reason": self.reason(why),
                    }),
                    Fate::Applies(applies) => self.applies(rule, applies),
                }
            })
            .collect();
        json!({
            "kind": kind(self.callsite),
            "name": self.callsite.name,
            "callsite": self.callsite.shown(),
            "rules": rules,
            "kept_for": kept(self.image, self.callsite),
            "remembers": remembered(self.image, self.callsite),
        })
    }

    fn applies(&self, rule: &ExplainedRule, applies: &Applies) -> Value {
        let policy = self.image.policy();
        let action = |explained: &ExplainedAction| {
            let action = &policy.rules[rule.rule.0 as usize].actions[explained.nth];
            json!({
                "action": action.name,
                "metric": action.metric.map(|metric| &*policy.metrics[metric.0 as usize].name),
                "sink": action.sink.map(|sink| &*policy.sinks[sink.0 as usize].name),
                "left": explained.left,
                "limits": limits(&action.limits),
                "after": explained.after.iter().map(|id| self.name(*id)).collect::<Vec<_>>(),
            })
        };
        json!({
            "rule": rule.name,
            "line": self.line(rule.place),
            "applies": true,
            "decided": applies.decided,
            "left": applies.left,
            "within": applies.within,
            "actions": applies.actions.iter().map(action).collect::<Vec<_>>(),
            "never": applies.never.iter().map(|one| json!({
                "action": one.name, "part": one.part,
            })).collect::<Vec<_>>(),
            "silenced": applies.silenced.iter().map(|one| json!({
                "action": one.name, "by": self.name(one.by),
            })).collect::<Vec<_>>(),
            "drops": match &applies.drop {
                Some(Drop::All) => json!(true),
                Some(Drop::Actions(actions)) => json!(actions),
                None => json!(false),
            },
            "shadow": applies.shadow,
            "keeps": applies.spans.iter().map(spans).collect::<Vec<_>>(),
        })
    }
}

/// What passes of what holds, one limit each.
fn limits(limits: &Limits) -> Vec<String> {
    let mut shown = Vec::new();
    let by = |by: &[Expr]| {
        let keys: Vec<String> = by.iter().map(|key| format!("`{key}`")).collect();
        match keys.is_empty() {
            true => String::new(),
            false => format!(" by {}", keys.join(", ")),
        }
    };
    if let Some(sample) = &limits.sample {
        shown.push(format!("a sample of {}{}", sample.ratio, by(&sample.by)));
    }
    if let Some(every) = &limits.every {
        let period = every.period.as_secs_f64();
        shown.push(format!("the first of every {period} s{}", by(&every.by)));
    }
    if let Some(rate) = &limits.rate {
        let (per_second, burst) = (rate.per_second, rate.burst);
        shown.push(format!(
            "at most {per_second}/s (burst {burst}){}",
            by(&rate.by)
        ));
    }
    shown
}

fn ticked(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn kind(callsite: &Callsite) -> &'static str {
    match callsite.kind {
        CallsiteKind::Event => "event",
        CallsiteKind::Span => "span",
        CallsiteKind::Hint => "hint",
    }
}

fn spans(read: &SpanRead) -> String {
    match read {
        SpanRead::Within => "the spans of its `within`".to_owned(),
        SpanRead::Name {
            name,
            any_level: true,
        } => {
            format!("spans of any level that declare `{name}`")
        }
        SpanRead::Name {
            name,
            any_level: false,
        } => {
            format!("spans at `scope_level` or more severe that declare `{name}`")
        }
        SpanRead::Named { span, name } => format!("spans named `{span}`, for `{name}`"),
        SpanRead::SpanFields(name) => format!("spans that declare `{name}`, for `span_fields`"),
    }
}
