//! The output behind `trace`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use rheostat_core::flow::{in_child, watch_forks};
use rheostat_core::ledger::Cause;
use rheostat_core::program::Program;
use rheostat_core::record::set_trace_ids;
use rheostat_core::scope::OpenSpan;
use rheostat_core::{
    Callsite, CallsiteKind, MatchedAction, MatchedRule, Output, Planner, Record, Staging, StepId,
};
use rheostat_policy::expr::{Expr, ExprKind, Ref};
use rheostat_policy::first_party::{otlp_sink_def, trace_def};
use rheostat_policy::model::{Phases, RuleId, TemplatePart};
use rheostat_policy::vocabulary::RecordClass;
use rheostat_policy::{Diagnostic, Vocabulary};
use tracing_core::Subscriber;
use tracing_core::callsite::Identifier;
use tracing_subscriber::registry::LookupSpan;

use crate::bridge::{BridgeLayer, BridgeSubscriber, announce};
use crate::hide::Shown;
use crate::ids::OpenTelemetryIds;
use crate::options::TraceOptions;
use crate::service::{Service, TraceStats};
use crate::shipped::Shipped;
use crate::shipping::{NamePart, NameTemplate, Remote, Shipping};
use crate::staged::{StagedSink, TraceStaged};
use crate::wants::events_of;

/// Ships spans to OpenTelemetry collectors, or as OTLP JSON to files.
///
/// It judges a span when it opens; the span itself is made by the bridge,
/// which has to be the subscriber inside the root (or a layer of it):
///
/// ```text
/// let traces = Traces::new(options);
/// let inside = traces.subscriber();
/// Root::over(Engine::new((.., traces.clone()), ..), inside)
/// ```
///
/// A clone is another handle to the same output.
#[derive(Clone, Debug)]
pub struct Traces {
    service: Arc<Service>,
}

/// What one callsite needs: the actions that can ship its spans.
#[derive(Debug)]
pub struct TracePlan {
    callsite: Identifier,
    actions: Box<[PlannedAction]>,
}

#[derive(Debug)]
struct PlannedAction {
    step: StepId,
    rule: RuleId,
    shipping: Arc<Shipping>,
    /// The values of the name's holes, with the own fields that they are.
    holes: Box<[(Option<&'static str>, Program)]>,
    keep: Option<Program>,
}

impl Traces {
    /// An output without a policy.
    ///
    /// From now on records of all outputs can name their trace.
    pub fn new(options: TraceOptions) -> Self {
        // Another source was first: then that one is asked, and ours would say the same of its spans.
        let _was_first = set_trace_ids(&OpenTelemetryIds);
        watch_forks();
        Self {
            service: Arc::new(Service::new(options)),
        }
    }

    /// The bridge on a Registry of its own: what the root is mounted over.
    pub fn subscriber(&self) -> BridgeSubscriber {
        self.service.subscriber()
    }

    /// The bridge for a Registry of the host's, which has to be inside the root all the same.
    pub fn layer<S>(&self) -> BridgeLayer<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        self.service.layer()
    }

    /// Ships what waits, and waits at most so long for it; whether all of it went.
    pub fn flush(&self, limit: Duration) -> bool {
        self.service.flush(limit)
    }

    /// Ships what waits and ends the thread; what is not gone in time is counted as lost.
    ///
    /// Answers how many spans were lost. Safe on any thread but its own, inside any runtime.
    pub fn shutdown(&self, limit: Duration) -> u64 {
        self.service.shutdown(limit)
    }

    /// What it counts of itself.
    pub fn stats(&self) -> TraceStats {
        self.service.stats()
    }
}

impl Output for Traces {
    type Staged = TraceStaged;
    type Plan = TracePlan;

    fn vocabulary(&self) -> Vocabulary {
        // Records and metrics are others' to ship there.
        let mut sink = otlp_sink_def();
        sink.takes = vec![RecordClass::Spans];
        Vocabulary {
            actions: vec![trace_def()],
            sinks: vec![sink],
        }
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        _was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        let staged = TraceStaged::new(staging.policy, &self.service)?;
        self.service.wanted.stage(staged.wants.clone());
        Ok(staged)
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        if callsite.kind != CallsiteKind::Span {
            return None;
        }
        let mut actions = Vec::new();
        for rule in rules {
            for action in rule
                .actions
                .iter()
                .filter(|action| action.action.name == "trace")
            {
                actions.extend(planned(staged, callsite, (rule, action), planner));
            }
        }
        if !actions.is_empty() {
            planner.hear_every_open();
            planner.hear_every_close();
        }
        Some(TracePlan {
            callsite: callsite.metadata?.callsite(),
            actions: (!actions.is_empty()).then(|| actions.into())?,
        })
    }

    fn commit(&self, staged: &Self::Staged) {
        self.service.wanted.commit(staged.wants.clone());
        let pipes: Vec<_> = staged
            .sinks
            .values()
            .map(|sink| (Arc::clone(&sink.pipe), sink.settings.clone()))
            .collect();
        if let Err(error) = self.service.commit(&pipes) {
            self.service.tell(&no_thread(&error));
        }
    }

    fn event(&self, _plan: &Self::Plan, _record: &Record<'_>) {}

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        announce(plan.callsite.clone(), self.judged(plan, record));
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        if in_child() {
            return;
        }
        let Some(number) = record.span().map(OpenSpan::id) else {
            return;
        };
        let Some(shipped) = self.service.judged.take(number) else {
            return;
        };
        // Judged by the policy in force now; where its rule is gone, nothing keeps the trace.
        let same = |action: &&PlannedAction| {
            Arc::ptr_eq(&action.shipping.account, &shipped.shipping.account)
        };
        let keep = plan.actions.iter().find(same);
        let keep = keep.and_then(|action| action.keep.as_ref());
        shipped.judge(keep.is_some_and(|keep| record.holds(keep)));
    }
}

impl Traces {
    /// What becomes of a span that opens; `None`: it is not shipped.
    fn judged(&self, plan: &TracePlan, record: &Record<'_>) -> Option<Arc<Shipped>> {
        let number = record.span()?.id();
        let dropped = &self.service.dropped;
        // From which rule on a `drop` hides this span: its own, or one of a span around it.
        let own = plan
            .actions
            .iter()
            .find(|action| record.is_dropped(action.step));
        let around = dropped.around(record.scope(), record.generation());
        let hidden = own
            .map(|action| action.rule)
            .into_iter()
            .chain(around)
            .min();
        if let Some(from) = hidden {
            record.leave(dropped.opened(number, from, record.generation()));
        }
        let action = plan.actions.iter().find(|action| {
            record.passes(action.step).is_some() && hidden.is_none_or(|from| action.rule < from)
        })?;
        if in_child() {
            action.shipping.account.count(Cause::Forked, 1);
            return None;
        }
        let shipping = Arc::clone(&action.shipping);
        let keys = shipping.limits.as_ref().map(|limits| limits.keys(record));
        let shipped = Shipped::new(shipping, number, holes(action, record));
        Some(Arc::new(shipped.limited_by(keys)))
    }
}

/// One action, ready for the spans of one callsite.
fn planned(
    staged: &TraceStaged,
    callsite: &Callsite,
    (rule, action): (&MatchedRule<'_>, &MatchedAction<'_>),
    planner: &mut Planner<'_>,
) -> Option<PlannedAction> {
    let sink = staged.sinks.get(&action.action.sink?)?;
    let account = planner.account(rule, action)?;
    // A span is judged once, when it opens; a trace is sampled as a whole, at its local root.
    planner.judge_at(
        action.step,
        Phases {
            open: true,
            close: false,
        },
    );
    planner.leave_limits(action.step);
    let limits = planner.own_limits(rule, action);
    let args = &action.action.args;
    let keep = args.expr("keep").map(|keep| planner.value(rule, keep));
    let (name, holes) = name(callsite, rule, action, planner).unzip();
    let ratio = action
        .action
        .limits
        .sample
        .as_ref()
        .map_or(1.0, |sample| sample.ratio);
    let ignores = args
        .text("remote")
        .is_some_and(|remote| &**remote == "ignore");
    Some(PlannedAction {
        step: action.step,
        rule: rule.rule.id,
        holes: holes.unwrap_or_default(),
        shipping: Arc::new(Shipping {
            ratio,
            limits,
            remote: if ignores {
                Remote::Ignore
            } else {
                Remote::Honour
            },
            keeps: keep.is_some(),
            events: events_of(action.action),
            name,
            shown: shown(staged, sink, action, planner),
            pipe: Arc::clone(&sink.pipe),
            account,
        }),
        keep,
    })
}

fn shown(
    staged: &TraceStaged,
    sink: &StagedSink,
    action: &MatchedAction<'_>,
    planner: &Planner<'_>,
) -> Shown {
    let fields = action.action.args.globs("fields");
    let some = fields.filter(|globs| !globs.iter().any(|glob| glob.as_str() == "**"));
    let max_value = usize::try_from(staged.policy.defaults.max_value).unwrap_or(usize::MAX);
    Shown::new(
        some.cloned(),
        sink.redactions.clone(),
        planner.hash_text(),
        max_value,
    )
}

type Holes = Box<[(Option<&'static str>, Program)]>;

/// The name that an action gives its spans, and what fills its holes.
fn name(
    callsite: &Callsite,
    rule: &MatchedRule<'_>,
    action: &MatchedAction<'_>,
    planner: &mut Planner<'_>,
) -> Option<(NameTemplate, Holes)> {
    let template = action.action.args.template("name")?;
    let mut holes = Vec::new();
    let mut parts = Vec::new();
    for part in &template.0 {
        parts.push(match part {
            TemplatePart::Text(text) => NamePart::Text(Arc::clone(text)),
            TemplatePart::Hole(hole) => {
                let field = own_field(callsite, hole);
                let expr = Expr {
                    kind: ExprKind::Ref(hole.clone()),
                    place: action.action.place,
                };
                holes.push((field, planner.value(rule, &expr)));
                NamePart::Hole {
                    nth: holes.len() - 1,
                    field: field.map(Arc::from),
                }
            }
        });
    }
    Some((NameTemplate(parts), holes.into()))
}

/// The callsite's own field that a hole means, which may be recorded later than at open.
fn own_field(callsite: &Callsite, hole: &Ref) -> Option<&'static str> {
    match hole {
        Ref::Name(name) | Ref::Own(name) => Some(callsite.fields[callsite.field(name)?]),
        _ => None,
    }
}

/// What fills the holes of a name, as far as it is known when the span opens.
fn holes(action: &PlannedAction, record: &Record<'_>) -> Vec<Option<String>> {
    let hole = |(field, program): &(Option<&'static str>, Program)| {
        let text = record.shown(record.value(program))?.to_owned();
        let Some(field) = field else {
            return Some(text);
        };
        let shown = action
            .shipping
            .shown
            .redacted(KeyValue::new(*field, text))?;
        Some(shown.value.as_str().into_owned())
    };
    action.holes.iter().map(hole).collect()
}

fn no_thread(error: &io::Error) -> String {
    format!("cannot start the thread that ships spans: {error}; they are kept until it can be")
}
