//! How an action hands the records of one callsite to its sink.
//!
//! `stream` and `log` differ in a few static choices; everything they do per
//! record is here.

use std::sync::Arc;

use rheostat_policy::model::{CheckedPolicy, Phases, Redaction, RedactionWith};
use rheostat_policy::vocabulary::RecordClass;

use super::entry::{Draft, Head, Moment, Timings, Trace};
use super::route::{Route, RouteField, RouteHandle};
use super::scrub::{HashText, Hiding, Scrub, hidden_by_name};
use super::straight::{Goes, Straight};
use crate::output::{MatchedAction, MatchedRule, Settled, Staging, StepId};
use crate::plan::Planner;
use crate::record::{FieldSet, Phase, Record, SpanFields, SpanInView};
use crate::scope::field_of;
use crate::sink::Tap;
use crate::value::Value;

/// The entrances to the sinks of one policy, as an output keeps them.
pub struct Carriage {
    policy: Arc<CheckedPolicy>,
    taps: Vec<Option<Arc<dyn Tap>>>,
}

impl Carriage {
    /// Those of the policy that is being staged.
    pub fn new(staging: &Staging<'_>) -> Self {
        let sinks = 0..staging.policy.sinks.len();
        Self {
            policy: staging.policy.clone(),
            taps: sinks
                .map(|at| staging.taps.tap(rheostat_policy::model::SinkId(at as u32)))
                .collect(),
        }
    }
}

impl std::fmt::Debug for Carriage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Carriage")
            .field("sinks", &self.taps.len())
            .finish_non_exhaustive()
    }
}

/// One action of one callsite that hands records to a sink.
#[derive(Debug)]
pub struct Carrier {
    step: StepId,
    on: Phases,
    handle: Arc<RouteHandle>,
    own: FieldSet,
    /// By index of an own field: its place in the route, or [`NOT_CARRIED`].
    slots: Box<[u16]>,
    spans: SpanFields,
    message: Message,
}

/// What of the message goes into the ring.
#[derive(Debug)]
enum Message {
    /// As it is.
    Whole,
    /// Whether there was one; this stands in for it.
    Hidden(Arc<str>),
    /// Nothing.
    Removed,
}

const NOT_CARRIED: u16 = u16::MAX;
/// Set in a slot whose value is replaced by a text: the value itself goes nowhere.
const HIDDEN: u16 = 1 << 15;
/// The nearest spans that a record carries at most.
const MAX_SPANS: usize = 64;

impl Carrier {
    /// Prepares an action for a callsite; `None` where its sink takes no records.
    pub fn new(
        carriage: &Carriage,
        class: RecordClass,
        rule: &MatchedRule<'_>,
        action: &MatchedAction<'_>,
        planner: &mut Planner<'_>,
    ) -> Option<Self> {
        let account = planner.account(rule, action)?;
        let sink = action.action.sink?;
        let tap = carriage.taps.get(sink.0 as usize)?.clone()?;
        let policy = &*carriage.policy;
        let args = &action.action.args;
        let globs = args.globs("fields").map_or(&[][..], Vec::as_slice);
        let own = planner.capture_fields(globs);
        planner.capture_message();
        planner.need_scope();
        let redactions: Vec<&Redaction> = policy
            .defaults
            .redact
            .iter()
            .chain(&policy.sinks[sink.0 as usize].redact)
            .collect();
        let callsite = planner.callsite();
        let fields = shown_fields(callsite, &own, &redactions, args.map("rename"));
        let message = hidden_by_name(redactions.iter().copied(), "message").cloned();
        let hashes_own = fields
            .iter()
            .map(|field| &field.hide)
            .chain([&message])
            .any(|hide| *hide == Some(RedactionWith::Hash));
        let mut slots = vec![NOT_CARRIED; callsite.fields.len()].into_boxed_slice();
        for (slot, field) in fields.iter().enumerate() {
            let hidden = matches!(field.hide, Some(RedactionWith::Text(_)));
            slots[field.index] = slot as u16 | if hidden { HIDDEN } else { 0 };
        }
        let route = Route {
            callsite: callsite.clone(),
            level: args.level("level").copied().unwrap_or(callsite.level),
            class: args.text("class").cloned(),
            rule: account.rule().clone(),
            record: class,
            durable: action.action.is_durable(),
            fields,
            labels: policy.defaults.const_labels.clone(),
            max_value: usize::try_from(policy.defaults.max_value).unwrap_or(usize::MAX),
            raw_value_cap: 0,
            max_record: usize::try_from(policy.defaults.max_record).unwrap_or(usize::MAX),
            scrub: Scrub::new(Hiding {
                redactions,
                hashes_own,
                hash: hash_like_the_language(planner),
            }),
            tap,
            account,
            message: message.clone(),
        };
        Some(Self {
            step: action.step,
            on: action.on,
            handle: Arc::new(RouteHandle::new(route)),
            own,
            slots,
            spans: planner.span_fields(rule, action),
            message: match message {
                Some(RedactionWith::Remove) => Message::Removed,
                Some(RedactionWith::Text(text)) => Message::Hidden(text),
                Some(RedactionWith::Hash) | None => Message::Whole,
            },
        })
    }

    /// Hands the record over if it passes the action's step.
    #[inline]
    pub fn carry(&self, record: &Record<'_>) {
        let acts = match record.phase() {
            Phase::Event => true,
            Phase::Open => self.on.open,
            Phase::Close => self.on.close,
        };
        if !acts {
            return;
        }
        if let Some(weight) = record.passes(self.step) {
            // A refusal is counted where it happens; there is nothing else to do about it.
            let _counted = self
                .handle
                .offer(|draft, seq| self.write(draft, record, weight, seq));
        }
    }

    /// The short way of events, if every one passes the action's step.
    pub(super) fn straight(&self, settled: &Settled<'_>) -> Option<Straight> {
        let weight = settled.weight(self.step)?;
        let message = settled.message();
        let goes =
            self.slots
                .iter()
                .enumerate()
                .map(|(index, slot)| match (&self.message, *slot) {
                    (Message::Whole, _) if Some(index) == message => Goes::Message,
                    (Message::Hidden(text), _) if Some(index) == message => {
                        Goes::Told(text.clone())
                    }
                    (_, NOT_CARRIED) => Goes::Nowhere,
                    (_, slot) if slot & HIDDEN == 0 => Goes::Field(slot),
                    (_, slot) => Goes::Mark(slot & !HIDDEN),
                });
        Some(Straight {
            goes: goes.collect(),
            handle: self.handle.clone(),
            image: settled.image.clone(),
            weight,
            spans: self.spans,
            limit: settled.text_limit().min(self.handle.route().raw_value_cap),
        })
    }

    #[inline]
    fn write(&self, draft: &mut Draft<'_>, record: &Record<'_>, weight: f64, seq: u64) {
        let head = Head {
            time: record.time(),
            seq,
            weight,
            moment: match record.phase() {
                Phase::Event => Moment::Event,
                Phase::Open => Moment::Open,
                Phase::Close => Moment::Close,
            },
            timings: record.timings().map(|timings| Timings {
                duration: timings.duration,
                busy: timings.busy,
                idle: timings.idle,
            }),
            trace: record.trace_ids().map(|ids| Trace {
                trace: ids.trace_id,
                span: ids.span_id,
            }),
        };
        let message = match (&self.message, record.message()) {
            (Message::Removed, _) | (_, Value::Missing) => None,
            (Message::Hidden(text), _) => Some(Value::Text(text)),
            (Message::Whole, message) => Some(message),
        };
        draft.head(&head, message);
        for (index, _, value) in record.fields(&self.own) {
            let slot = self.slots[index];
            if slot == NOT_CARRIED {
                continue;
            }
            if slot & HIDDEN == 0 {
                draft.field(slot, value);
            } else {
                draft.field(slot & !HIDDEN, Value::Bool(true));
            }
        }
        write_spans(draft, record.spans(self.spans));
        if let Some(span) = record.span() {
            draft.span(span.id(), &span.callsite().name);
        }
    }
}

/// The digits that `| hash` would show.
fn hash_like_the_language(planner: &Planner<'_>) -> HashText {
    let key = planner.draft.image.hash_key();
    Arc::new(move |text| format!("{:08x}", key.hash(text.as_bytes()) >> 32))
}

/// Writes spans that come nearest first in the opposite order.
pub(super) fn write_spans<'a>(
    draft: &mut Draft<'_>,
    mut nearest_first: impl Iterator<Item = SpanInView<'a>>,
) {
    fn outermost_first<'a>(
        draft: &mut Draft<'_>,
        spans: &mut dyn Iterator<Item = SpanInView<'a>>,
        left: usize,
    ) {
        let Some(span) = spans.next() else { return };
        if left > 1 {
            outermost_first(draft, spans, left - 1);
        }
        draft.span(span.id(), span.name());
        for (_, name) in span.fields {
            let value = field_of(span.span, *name);
            if value.is_some() {
                draft.span_field(*name, value);
            }
        }
    }
    outermost_first(draft, &mut nearest_first, MAX_SPANS);
}

/// The own fields under the names shown, without those that are removed.
fn shown_fields(
    callsite: &crate::Callsite,
    own: &FieldSet,
    redactions: &[&Redaction],
    rename: Option<&Vec<(Arc<str>, Arc<str>)>>,
) -> Vec<RouteField> {
    let shown = |index: usize| {
        let name = callsite.fields[index];
        let renamed = rename.and_then(|rename| rename.iter().find(|(_, old)| **old == *name));
        let shown: Arc<str> = renamed.map_or_else(|| name.into(), |(new, _)| new.clone());
        let hide = hidden_by_name(redactions.iter().copied(), name)
            .or_else(|| hidden_by_name(redactions.iter().copied(), &shown))
            .cloned();
        (hide != Some(RedactionWith::Remove)).then_some(RouteField {
            index,
            name: shown,
            hide,
        })
    };
    own.indices().filter_map(shown).collect()
}
