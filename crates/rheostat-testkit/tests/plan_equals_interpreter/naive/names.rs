//! Where the names of an expression find their values.

use rheostat_core::record::TraceIds;
use rheostat_policy::expr::{BuiltIn, Ref};
use rheostat_policy::model::Rule;

use super::eval::Lookup;
use super::judge::{Judged, Phase};
use super::rules::is_within;
use super::run::Run;
use super::spans::chain;
use super::value::Value;
use crate::traces;
use crate::world::Site;

/// What names mean for one rule and one record.
pub(super) struct Names<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) rule: &'a Rule,
    pub(super) record: &'a Judged<'a>,
}

impl Names<'_> {
    fn site(&self, span: usize) -> &Site {
        &self.run.world.sites[self.run.spans[span].site]
    }

    /// The nearest span of a `within` list, the record itself included.
    pub(super) fn within(&self, within: &[rheostat_policy::model::Selector]) -> Option<usize> {
        let all = self
            .record
            .this
            .into_iter()
            .chain(self.record.around.iter().copied());
        all.into_iter()
            .find(|span| is_within(within, self.site(*span)))
    }

    fn marked(&self) -> Option<usize> {
        self.within(self.rule.within.last()?)
    }

    /// The nearest span that belongs to a trace, the record itself included.
    fn trace(&self) -> Option<TraceIds> {
        let this = self.record.this.into_iter();
        let mut all = this.chain(self.record.around.iter().copied());
        all.find_map(|span| traces::ids(&self.site(span).name))
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
        let visible =
            |span: &usize| reached.contains(span) || (!declared && self.site(*span).level <= scope);
        let mut around = self.record.around.iter().filter(|span| visible(span));
        around
            .find_map(|span| self.run.spans[*span].values.get(name).cloned())
            .unwrap_or(Value::Missing)
    }

    fn of_span(&self, name: &str, field: &str) -> Value {
        if self.record.this.is_some() && self.record.site.name == name {
            return self
                .record
                .own
                .get(field)
                .cloned()
                .unwrap_or(Value::Missing);
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
            BuiltIn::Line => site
                .line
                .map_or(Value::Missing, |line| Value::integer(line.into())),
            BuiltIn::Name => text(&site.name),
            BuiltIn::Kind => text(if site.is_span { "span" } else { "event" }),
            BuiltIn::Thread => text(crate::THREAD),
            BuiltIn::Time => Value::Duration(i128::from(crate::drive::BEGIN) + self.run.now),
            BuiltIn::Callsite => {
                let file = site.file.as_deref().unwrap_or("");
                let line = site.line.map(|line| format!(":{line}")).unwrap_or_default();
                Value::Text(format!("{}@{file}{line}", site.target))
            }
            BuiltIn::Message => self
                .record
                .own
                .get("message")
                .cloned()
                .unwrap_or(Value::Missing),
            BuiltIn::Span => self
                .marked()
                .map_or(Value::Missing, |span| text(&self.site(span).name)),
            BuiltIn::TraceId => self.trace().map_or(Value::Missing, |ids| {
                text(&format!("{:032x}", ids.trace_id))
            }),
            BuiltIn::SpanId => self
                .trace()
                .map_or(Value::Missing, |ids| text(&format!("{:016x}", ids.span_id))),
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
                // Like `@busy`: a span that nobody entered was active for no time.
                _ => Value::Duration(0),
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
            Ref::Own(name) => self
                .record
                .own
                .get(&**name)
                .cloned()
                .unwrap_or(Value::Missing),
            Ref::OfSpan { span, name } => self.of_span(span, name),
            Ref::BuiltIn(name) => self.built_in(*name),
            Ref::Since(_) => Value::Missing,
        }
    }
}
