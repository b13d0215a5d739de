//! Whether what a rule reads exists in what it matches.

use super::Reader;
use super::joined::Joined;
use super::keys::Read;
use crate::check::built_ins::{at_close, of_spans, of_within, uses_open};
use crate::codes::selectors as codes;
use crate::diagnostic::Report;
use crate::expr::{BuiltIn, Expr, ExprKind, Ref};
use crate::model::{Action, Selector};
use crate::place::Place;
use crate::toml::Node;
use crate::vocabulary::{ActionDef, Selects};

impl Reader<'_> {
    /// `within` speaks of spans only.
    pub(crate) fn only_spans(&mut self, spans: &[Selector], node: &Node) {
        let event = spans
            .iter()
            .find(|one| matches!(one.kinds, crate::model::Kinds::Events(_)));
        if let Some(event) = event {
            let mut report = Report::new(
                &codes::WITHIN_EVENT,
                event.place,
                "nothing is inside of an event",
            )
            .under("selects events");
            if event.place != node.place {
                report = report.also(node.place, "`within` speaks of spans");
            }
            self.report(report.help("say `span` instead of `event`"));
        }
    }

    /// The condition of a rule, for all its actions.
    pub(crate) fn built_ins_of_rule(&mut self, joined: &Joined, place: Place) {
        let Some(condition) = &joined.condition else {
            return;
        };
        self.no_open(condition);
        if let Some(built_in) = of_spans(condition)
            && built_in != BuiltIn::Open
            && !joined.spans_only()
        {
            self.needs_span(built_in, condition.place, place);
        }
        self.within_is_there(condition, joined);
        for label in &joined.labels {
            self.no_open(&label.value.of);
            self.within_is_there(&label.value.of, joined);
        }
    }

    fn needs_span(&mut self, built_in: BuiltIn, at: Place, rule: Place) {
        self.report(
            Report::new(
                &codes::NEEDS_SPAN,
                at,
                format!("`@{}` needs `span` in each selector", built_in.name()),
            )
            .under("only a span has it, when it closes")
            .also(rule, "a selector of this rule accepts events too")
            .help("add `span = \"*\"` to each selector of `match`"),
        );
    }

    /// The values of one action.
    pub(crate) fn built_ins_of_action(
        &mut self,
        def: &ActionDef,
        read: &Read<'_>,
        action: &Action,
        joined: &Joined,
    ) {
        let of = read.args.expr("of");
        for label in &action.labels {
            self.no_open(&label.value.of);
            self.within_is_there(&label.value.of, joined);
        }
        if let Some(of) = of {
            self.within_is_there(of, joined);
            self.open_gauge(def, read, of);
            if let Some(built_in) = of_spans(of)
                && joined.events_only()
            {
                self.events_have_none(built_in, of.place, joined);
            }
        }
        if let Some(condition) = &action.condition {
            self.no_open(condition);
            self.within_is_there(condition, joined);
            if let Some(built_in) = of_spans(condition)
                && built_in != BuiltIn::Open
                && action.selects != Selects::Spans
                && !joined.spans_only()
            {
                self.needs_span(built_in, condition.place, action.place);
            }
        }
        self.judged_at_open(def, read, action, joined);
        if let Some(on) = read.entry("on")
            && joined.events_only()
        {
            self.report(
                Report::new(
                    &codes::PHASES_OF_EVENTS,
                    on.key_place,
                    "an event happens at one moment, so `on` says nothing",
                )
                .under("each selector says `event`"),
            );
        }
    }

    fn events_have_none(&mut self, built_in: BuiltIn, at: Place, joined: &Joined) {
        let mut report = Report::new(
            &codes::EVENTS_HAVE_NONE,
            at,
            format!("an event has no `@{}`", built_in.name()),
        )
        .under("only a span lasts");
        if let Some(event) = joined.matches.iter().flatten().next() {
            report = report.also(event.place, "selects events");
        }
        self.report(report.help("match spans, or use `@elapsed` with `within`"));
    }

    /// What is known only at close cannot decide at open.
    fn judged_at_open(
        &mut self,
        def: &ActionDef,
        read: &Read<'_>,
        action: &Action,
        joined: &Joined,
    ) {
        let spans_without_phases = def.selects == Selects::Spans && !def.phases;
        let at_open = action.on.open && !action.on.close;
        if !spans_without_phases && !at_open {
            return;
        }
        let conditions = [action.condition.as_ref(), joined.condition.as_ref()];
        let of = read.args.expr("of");
        for expr in conditions.into_iter().flatten().chain(of) {
            let Some(built_in) = at_close(expr) else {
                continue;
            };
            let mut report = Report::new(
                &codes::NOT_AT_OPEN,
                expr.place,
                format!("`@{}` is not known when a span opens", built_in.name()),
            )
            .under("known when it closes")
            .also(action.place, "judged when a span opens");
            report = match read.entry("on") {
                Some(on) => report.fix(
                    "judge it at close: `on = \"close\"`",
                    on.node.place,
                    "\"close\"",
                ),
                None => report.help("`keep` is judged when the local root closes"),
            };
            self.report(report);
        }
    }

    fn within_is_there(&mut self, expr: &Expr, joined: &Joined) {
        if joined.within.is_empty()
            && let Some(built_in) = of_within(expr)
        {
            self.report(
                Report::new(
                    &codes::NEEDS_WITHIN,
                    expr.place,
                    format!("`@{}` needs `within`", built_in.name()),
                )
                .under("of which span?")
                .help("say it: `within = { span = \"request\" }`"),
            );
        }
    }

    fn no_open(&mut self, expr: &Expr) {
        if uses_open(expr) {
            self.open_elsewhere(expr.place);
        }
    }

    fn open_elsewhere(&mut self, place: Place) {
        self.report(
            Report::new(
                &codes::OPEN_OUTSIDE_GAUGE,
                place,
                "`@open` stands alone, in `of` of a gauge",
            )
            .under("not here")
            .help("write `gauge = { metric = \"..\", of = \"@open\" }`"),
        );
    }

    fn open_gauge(&mut self, def: &ActionDef, read: &Read<'_>, of: &Expr) {
        if !uses_open(of) {
            return;
        }
        let alone = matches!(of.kind, ExprKind::Ref(Ref::BuiltIn(BuiltIn::Open)));
        if !alone || def.metric != Some(crate::vocabulary::MetricKind::Gauge) {
            self.open_elsewhere(of.place);
            return;
        }
        for key in ["op", "on"] {
            if let Some(entry) = read.entry(key) {
                self.report(
                    Report::new(
                        &codes::OPEN_GAUGE_KEYS,
                        entry.key_place,
                        format!("a gauge of `@open` has no `{key}`"),
                    )
                    .under("it goes up when a span opens and down when it closes"),
                );
            }
        }
    }
}
