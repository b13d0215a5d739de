//! Whether what a rule reads exists in what it matches, at the moment when it is read.

use super::Reader;
use super::joined::Joined;
use super::keys::Read;
use super::moment::{Moment, Role, Spot, is_at_open, spots};
use crate::check::built_ins::{at_close, of_events, of_within, uses_open};
use crate::codes::selectors as codes;
use crate::diagnostic::Report;
use crate::expr::{BuiltIn, Expr, ExprKind, Ref};
use crate::model::{Action, Kinds, Selector};
use crate::place::Place;
use crate::toml::{Entry, Node};
use crate::vocabulary::{ActionDef, MetricKind};

/// An action as far as its expressions go.
struct Acts<'a, 't> {
    def: &'a ActionDef,
    read: &'a Read<'t>,
    action: &'a Action,
    joined: &'a Joined,
    moment: Moment,
}

impl Reader<'_> {
    /// `within` speaks of spans only.
    pub(crate) fn only_spans(&mut self, spans: &[Selector], node: &Node) {
        let event = spans
            .iter()
            .find(|one| matches!(one.kinds, Kinds::Events(_)));
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

    /// The condition of a rule and the keys of its `after`, for all its actions.
    pub(crate) fn built_ins_of_rule(&mut self, joined: &Joined, read: &Read<'_>, place: Place) {
        let after = read.args.table("after");
        let keys = after.and_then(|after| after.exprs("by"));
        for expr in joined.condition.iter().chain(keys.into_iter().flatten()) {
            self.no_open(expr);
            if let Some(built_in) = at_close(expr)
                && !joined.spans_only()
            {
                self.needs_span(built_in, expr.place, place);
            }
            self.within_is_there(expr, joined);
        }
        for label in &joined.labels {
            self.no_open(&label.value.of);
            self.within_is_there(&label.value.of, joined);
        }
    }

    /// What one action reads, the condition of its rule too.
    pub(crate) fn built_ins_of_action(
        &mut self,
        def: &ActionDef,
        read: &Read<'_>,
        action: &Action,
        joined: &Joined,
    ) {
        let acts = Acts {
            def,
            read,
            action,
            joined,
            moment: Moment::of(def, action, joined, read),
        };
        for spot in spots(def, read, action) {
            self.within_is_there(&spot.expr, joined);
            if spot.role == Role::Measured {
                self.open_gauge(&acts, &spot.expr);
            } else {
                self.no_open(&spot.expr);
            }
            self.available(&acts, &spot);
        }
        if let Some(condition) = &joined.condition {
            self.available_to_rule(&acts, condition);
        }
        if let Some(on) = read.entry("on") {
            self.phases_of_spans(&acts, on);
        }
    }

    /// `on` where no span comes, or never.
    fn phases_of_spans(&mut self, acts: &Acts<'_, '_>, on: &Entry) {
        self.not_empty(&on.node);
        let nothing = !acts.moment.events && !acts.moment.spans;
        if acts.moment.spans || acts.joined.matches.is_empty() || nothing {
            return;
        }
        let report = Report::new(
            &codes::PHASES_OF_EVENTS,
            on.key_place,
            "an event happens at one moment, so `on` says nothing",
        );
        self.report(if acts.joined.events_only() {
            report
                .under("each selector says `event`")
                .help("take it out; only a span opens and closes")
        } else {
            report
                .under(format!(
                    "`{}` acts on events unless the selector says `span`",
                    acts.def.name
                ))
                .help("add `span = \"*\"` to each selector of `match`, or take `on` out")
        });
    }

    /// Whether the built-ins of an expression have a value when it is read.
    fn available(&mut self, acts: &Acts<'_, '_>, spot: &Spot) {
        let moment = acts.moment.of_role(spot.role);
        let comes = moment.spans || moment.events || spot.role == Role::Measured;
        if acts.joined.matches.is_empty() || !comes {
            // That nothing comes here is said elsewhere.
            return;
        }
        if let Some(built_in) = at_close(&spot.expr) {
            let at = spot.expr.place;
            let wants_spans_only = spot.role == Role::Condition && moment.events;
            if !moment.spans && acts.joined.events_only() {
                self.events_have_none(built_in, at, acts.joined);
            } else if wants_spans_only {
                self.needs_span(built_in, at, acts.action.place);
            } else if !moment.spans {
                self.no_span_comes(built_in, at, acts);
            } else if !moment.closed {
                self.not_at_open(built_in, spot, acts);
            }
        }
        if let Some(built_in) = of_events(&spot.expr)
            && !moment.events
            && moment.spans
        {
            self.spans_have_none(built_in, spot.expr.place, acts);
        }
    }

    /// The same for the condition of the rule, of which `built_ins_of_rule` has demanded `span`.
    fn available_to_rule(&mut self, acts: &Acts<'_, '_>, condition: &Expr) {
        let spot = Spot {
            expr: condition.clone(),
            role: Role::Condition,
        };
        if let Some(built_in) = at_close(condition)
            && acts.moment.spans
            && !acts.moment.closed
        {
            self.not_at_open(built_in, &spot, acts);
        }
        if let Some(built_in) = of_events(condition)
            && acts.moment.spans
            && !acts.moment.events
        {
            self.spans_have_none(built_in, condition.place, acts);
        }
    }

    fn needs_span(&mut self, built_in: BuiltIn, at: Place, rule: Place) {
        self.report_once(
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

    fn no_span_comes(&mut self, built_in: BuiltIn, at: Place, acts: &Acts<'_, '_>) {
        let name = acts.def.name;
        self.report_once(
            Report::new(
                &codes::NEEDS_SPAN,
                at,
                format!("`@{}` never has a value here", built_in.name()),
            )
            .under("only a span has it, when it closes")
            .also(
                acts.action.place,
                format!("`{name}` acts on events unless the selector says `span`"),
            )
            .help("add `span = \"*\"` to each selector of `match`"),
        );
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
        self.report_once(report.help("match spans, or use `@elapsed` with `within`"));
    }

    fn spans_have_none(&mut self, built_in: BuiltIn, at: Place, acts: &Acts<'_, '_>) {
        let mut report = Report::new(
            &codes::SPANS_HAVE_NONE,
            at,
            format!("a span has no `@{}`", built_in.name()),
        )
        .under("only an event happens at one moment of the `within` span")
        .also(acts.action.place, "acts on spans only");
        report = if acts.moment.closed {
            report.help("how long a span was open is `@duration`")
        } else {
            report.help("match events, or measure `@duration` when the span closes")
        };
        self.report_once(report);
    }

    /// What is known only at close cannot be read at open.
    fn not_at_open(&mut self, built_in: BuiltIn, spot: &Spot, acts: &Acts<'_, '_>) {
        let mut report = Report::new(
            &codes::NOT_AT_OPEN,
            spot.expr.place,
            format!("`@{}` is not known when a span opens", built_in.name()),
        )
        .under("known when it closes");
        if spot.role != Role::Measured {
            report = report.also(acts.action.place, "judged when a span opens");
        }
        let name = acts.def.name;
        self.report_once(match acts.read.entry("on") {
            Some(on) if !is_at_open(acts.def) => report.fix(
                "judge it at close: `on = \"close\"`",
                on.node.place,
                "\"close\"",
            ),
            _ if spot.role == Role::Name => report
                .help("a name is made of the fields of the span, and of what is known at open"),
            _ if acts.def.metric.is_some() => {
                report.help("a gauge of `@open` fixes its labels and its condition at open")
            }
            _ if spot.role == Role::Condition => report.help(format!(
                "`keep` of `{name}` is judged when the local root closes"
            )),
            _ => report.help("limit it by what is known at open, such as a field"),
        });
    }

    /// `mark` remembers a moment in the `within` span.
    pub(crate) fn marks_within(&mut self, def: &ActionDef, place: Place, joined: &Joined) {
        if def.name == "mark" && joined.within.is_empty() && !joined.matches.is_empty() {
            self.report(
                Report::new(&codes::NEEDS_WITHIN, place, "`mark` needs `within`")
                    .under("in which span?")
                    .help("say it: `within = { span = \"request\" }`"),
            );
        }
    }

    fn within_is_there(&mut self, expr: &Expr, joined: &Joined) {
        if joined.within.is_empty()
            && let Some(built_in) = of_within(expr)
        {
            self.report_once(
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
        self.report_once(
            Report::new(
                &codes::OPEN_OUTSIDE_GAUGE,
                place,
                "`@open` stands alone, in `of` of a gauge",
            )
            .under("not here")
            .help("write `gauge = { metric = \"..\", of = \"@open\" }`"),
        );
    }

    fn open_gauge(&mut self, acts: &Acts<'_, '_>, of: &Expr) {
        if !uses_open(of) {
            return;
        }
        let alone = matches!(of.kind, ExprKind::Ref(Ref::BuiltIn(BuiltIn::Open)));
        if !alone || acts.def.metric != Some(MetricKind::Gauge) {
            self.open_elsewhere(of.place);
            return;
        }
        for key in ["op", "on"] {
            if let Some(entry) = acts.read.entry(key) {
                self.report(
                    Report::new(
                        &codes::OPEN_GAUGE_KEYS,
                        entry.key_place,
                        format!("a gauge of `@open` has no `{key}`"),
                    )
                    .under("it goes up when a span opens and down when it closes")
                    .help(format!("take `{key}` out")),
                );
            }
        }
    }
}
