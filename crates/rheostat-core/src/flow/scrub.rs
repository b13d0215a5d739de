//! Hiding what a policy says to hide, before a record reaches any queue.
//!
//! What stands in a field of a fixed name is decided when the route is made.
//! Here is what can only be seen in the record: fields of enclosing spans, and
//! patterns in values and messages. Runs on the drainer's thread.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;
use rheostat_policy::model::{Redaction, RedactionWith};

use super::entry::{Caps, Draft, Numbers};
use super::route::Route;
use super::view::{RecordView, shown};
use crate::names::NameId;
use crate::value::Value;

/// Turns a value's text into the digits that stand in for it.
pub type HashText = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// How much longer than allowed a value is kept until the patterns have seen
/// it, so that what a cut would divide is still recognised.
const MARGIN: usize = 256;

/// What is hidden in the records of one action.
#[derive(Clone, Default)]
pub struct Scrub {
    inner: Option<Arc<Inner>>,
}

struct Inner {
    redactions: Vec<Redaction>,
    patterns: Vec<(Regex, Arc<str>)>,
    hashes_own: bool,
    hash: HashText,
    /// By name; names are few, as they are kept for the whole process anyway.
    verdicts: Mutex<HashMap<NameId, Option<RedactionWith>>>,
}

/// What an action shows and hides.
pub struct Hiding<'p> {
    /// The policy's redactions and the sink's.
    pub redactions: Vec<&'p Redaction>,
    /// Whether an own field of the route is hashed.
    pub hashes_own: bool,
    /// The hash.
    pub hash: HashText,
}

/// How a value is hidden by its name; the first redaction that names it decides.
pub fn hidden_by_name<'p>(
    redactions: impl IntoIterator<Item = &'p Redaction>,
    name: &str,
) -> Option<&'p RedactionWith> {
    redactions
        .into_iter()
        .find_map(|redaction| match redaction {
            Redaction::Field(glob, with) if glob.matches(name) => Some(with),
            _ => None,
        })
}

impl Scrub {
    /// What an action shows and hides, made ready.
    pub fn new(hiding: Hiding<'_>) -> Self {
        let patterns: Vec<_> = hiding
            .redactions
            .iter()
            .filter_map(|redaction| match redaction {
                Redaction::Pattern(pattern, with) => Some((pattern.0.clone(), with.clone())),
                Redaction::Field(..) => None,
            })
            .collect();
        if hiding.redactions.is_empty() && !hiding.hashes_own {
            return Self::default();
        }
        Self {
            inner: Some(Arc::new(Inner {
                redactions: hiding.redactions.into_iter().cloned().collect(),
                patterns,
                hashes_own: hiding.hashes_own,
                hash: hiding.hash,
                verdicts: Mutex::default(),
            })),
        }
    }

    /// How long a value may be until this has seen it.
    pub(crate) fn raw_limit(&self, max_value: usize) -> usize {
        match &self.inner {
            Some(inner) if !inner.patterns.is_empty() => max_value.saturating_add(MARGIN),
            _ => max_value,
        }
    }

    /// Writes the record anew where something in it must be hidden.
    pub(crate) fn rewrite(&self, route: &Route, entry: &[u8]) -> Option<Vec<u8>> {
        let inner = self.inner.as_deref()?;
        let view = RecordView::new(route, "", entry);
        if inner.patterns.is_empty() && !inner.hashes_own && !inner.concerns_spans(&view) {
            return None;
        }
        let (numbers, _) = Numbers::read(entry);
        let caps = Caps {
            value: route.max_value,
            record: route.max_record,
        };
        let mut room = vec![0; entry.len() * 2 + 1024];
        loop {
            let mut draft = Draft::new(&mut room, numbers, caps);
            inner.redraft(&view, &mut draft);
            if let Some(len) = draft.finish() {
                room.truncate(len);
                return Some(room);
            }
            room.resize(room.len() * 2, 0);
        }
    }
}

impl Inner {
    fn concerns_spans(&self, view: &RecordView<'_>) -> bool {
        view.spans()
            .flat_map(|span| span.numbered())
            .any(|(name, _)| self.verdict(name).is_some())
    }

    /// How a span's field of this name is hidden.
    fn verdict(&self, name: NameId) -> Option<RedactionWith> {
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts
            .entry(name)
            .or_insert_with(|| hidden_by_name(&self.redactions, shown(name)).cloned())
            .clone()
    }

    fn redraft(&self, view: &RecordView<'_>, draft: &mut Draft<'_>) {
        let mut text = String::new();
        let parsed = view.parsed();
        let message = parsed
            .message
            .map(|message| self.hide(message, view.route().message.as_ref(), &mut text));
        draft.head(&parsed.head, message);
        let mut fields = parsed.fields;
        while let Some((slot, value)) = fields.field() {
            let mut text = String::new();
            let field = view.route().fields.get(usize::from(slot));
            let hide = field.and_then(|field| field.hide.as_ref());
            draft.field(slot, self.hide(value, hide, &mut text));
        }
        for span in view.spans() {
            draft.span(span.id, span.name);
            for (name, value) in span.numbered() {
                let mut text = String::new();
                match self.verdict(name) {
                    Some(RedactionWith::Remove) => {}
                    hide => draft.span_field(name, self.hide(value, hide.as_ref(), &mut text)),
                }
            }
        }
    }

    /// What stands in for a value; `text` holds it where it is new.
    fn hide<'a>(
        &self,
        value: Value<'a>,
        hide: Option<&'a RedactionWith>,
        text: &'a mut String,
    ) -> Value<'a> {
        match hide {
            Some(RedactionWith::Text(with)) => Value::Text(with),
            Some(RedactionWith::Remove) => Value::Missing,
            Some(RedactionWith::Hash) => {
                *text = (self.hash)(&as_text(value));
                Value::Text(text)
            }
            None => self.replace_patterns(value, text),
        }
    }

    fn replace_patterns<'a>(&self, value: Value<'a>, text: &'a mut String) -> Value<'a> {
        if self.patterns.is_empty() || matches!(value, Value::Missing | Value::Bool(_)) {
            return value;
        }
        let original = as_text(value);
        let mut current = Cow::Borrowed(&*original);
        for (pattern, with) in &self.patterns {
            let replaced = pattern.replace_all(&current, regex::NoExpand(with));
            if let Cow::Owned(replaced) = replaced {
                current = Cow::Owned(replaced);
            }
        }
        match current {
            Cow::Borrowed(_) => value,
            Cow::Owned(replaced) => {
                *text = replaced;
                match value {
                    Value::Formatted(_) => Value::Formatted(text),
                    Value::Error(_) => Value::Error(text),
                    _ => Value::Text(text),
                }
            }
        }
    }
}

/// A value as patterns and hashes see it.
fn as_text(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Missing => Cow::Borrowed(""),
        Value::Text(text) | Value::Formatted(text) | Value::Error(text) => Cow::Borrowed(text),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes),
        Value::Bool(value) => Cow::Owned(value.to_string()),
        Value::I64(value) => Cow::Owned(value.to_string()),
        Value::U64(value) | Value::Size(value) => Cow::Owned(value.to_string()),
        Value::I128(value) | Value::Duration(value) => Cow::Owned(value.to_string()),
        Value::U128(value) => Cow::Owned(value.to_string()),
        Value::F64(value) => Cow::Owned(value.to_string()),
    }
}
