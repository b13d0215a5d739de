//! A chunk as bytes that another process can read.
//!
//! Entries in a chunk name routes, threads and names of span fields by numbers
//! of this process. Here they come with tables of what those numbers mean, and
//! with what a policy hides already hidden.
//!
//! ```text
//! names*  threads*  routes*  {length entry}*
//! ```

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rheostat_policy::model::{Level, RedactionWith};
use rheostat_policy::vocabulary::RecordClass;

use super::bytes::Reading;
use super::chunk::Chunk;
use super::entry::{Caps, Draft, Numbers};
use super::link::Link;
use super::route::{Route, RouteField};
use super::scrub::Scrub;
use super::view::{RecordView, shown};
use crate::callsite::{Callsite, CallsiteId, CallsiteKind};
use crate::ledger::Ledger;
use crate::names::NameId;
use crate::sink::Tap;
use crate::value::Value;

/// What records that come back need of the process they come back to.
#[derive(Clone)]
pub struct Home {
    /// The entrance of the sink they wait for.
    pub tap: Arc<dyn Tap>,
    /// Its name.
    pub sink: Arc<str>,
    /// Where records are accounted for.
    pub ledger: Arc<Ledger>,
}

impl std::fmt::Debug for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Home").finish_non_exhaustive()
    }
}

const UNCAPPED: Caps = Caps {
    value: usize::MAX,
    record: usize::MAX,
};
/// No entry is shorter than its head.
const SHORTEST: usize = 33;
const CLASSES: [RecordClass; 4] = [
    RecordClass::Events,
    RecordClass::Logs,
    RecordClass::Metrics,
    RecordClass::Spans,
];

impl Chunk {
    /// Appends its records, for any process.
    pub fn write_portable(&self, out: &mut Vec<u8>) {
        let mut names = Tables::default();
        let mut entries = Vec::new();
        let mut room = vec![0; 4096];
        for (record, numbers) in self.records().zip(self.numbers()) {
            let len = encode(&mut room, numbers, |draft| {
                redraft(&record, record.link(), draft, |name| names.number(name));
            });
            entries.extend_from_slice(&(len as u32).to_le_bytes());
            entries.extend_from_slice(&room[..len]);
        }
        names.write(out);
        let threads = self.thread_names();
        count(threads.len(), out);
        threads.iter().for_each(|thread| text(thread, out));
        let routes = self.all_routes();
        count(routes.len(), out);
        routes.iter().for_each(|route| write_route(route, out));
        count(self.len(), out);
        out.extend_from_slice(&entries);
    }

    /// Reads what [`write_portable`](Self::write_portable) wrote; `None` where the bytes are no such thing.
    pub fn read_portable(bytes: &[u8], home: &Home) -> Option<Self> {
        let mut reading = Reading::new(bytes);
        let names = list(&mut reading, |reading| Some(NameId::of(reading.text()?)))?;
        let threads = list(&mut reading, |reading| Some(Arc::from(reading.text()?)))?;
        let routes = list(&mut reading, |reading| {
            read_route(reading, home).map(Arc::new)
        })?;
        let mut chunk = Self::returning(routes, threads);
        let mut room = vec![0; 4096];
        for _ in 0..reading.u32()? {
            let len = reading.u32()? as usize;
            let entry = reading.bytes(len)?;
            if entry.len() < SHORTEST {
                return None;
            }
            let (numbers, _) = Numbers::read(entry);
            let route = chunk.all_routes().get(numbers.route as usize)?.clone();
            let record = RecordView::new(&route, "", entry);
            let len = encode(&mut room, numbers, |draft| {
                redraft(&record, record.link(), draft, |name| {
                    names.get(name.0 as usize).copied().unwrap_or(name)
                });
            });
            chunk.push_returned(numbers, &room[..len])?;
        }
        Some(chunk)
    }

    /// Gives records their links: those for which there is one. What a policy hides is hidden for good then.
    pub fn link(&mut self, mut link: impl FnMut(&RecordView<'_>) -> Option<Link>) {
        let mut room = vec![0; 4096];
        self.rewrite(|record, numbers, out| {
            let Some(link) = link(record) else {
                return false;
            };
            let len = encode(&mut room, numbers, |draft| {
                redraft(record, Some(link), draft, |name| name);
            });
            out.extend_from_slice(&room[..len]);
            true
        });
    }
}

/// Writes one entry, however long, and returns its length.
fn encode(room: &mut Vec<u8>, numbers: Numbers, mut write: impl FnMut(&mut Draft<'_>)) -> usize {
    loop {
        let mut draft = Draft::new(room, numbers, UNCAPPED);
        write(&mut draft);
        if let Some(len) = draft.finish() {
            return len;
        }
        room.resize(room.len() * 2, 0);
    }
}

/// Writes a record once more, with other numbers for the names of span fields.
fn redraft(
    record: &RecordView<'_>,
    link: Option<Link>,
    draft: &mut Draft<'_>,
    mut number: impl FnMut(NameId) -> NameId,
) {
    let parsed = record.parsed();
    draft.head(&parsed.head, parsed.message);
    if let Some(link) = &link {
        draft.link(link);
    }
    let mut fields = parsed.fields;
    while let Some((slot, value)) = fields.field() {
        let route = record.route().fields.get(usize::from(slot));
        match route.and_then(|field| field.hide.as_ref()) {
            Some(RedactionWith::Text(with)) => draft.field(slot, Value::Text(with)),
            _ => draft.field(slot, value),
        }
    }
    for span in record.spans() {
        draft.span(span.id, span.name);
        for (name, value) in span.numbered() {
            draft.span_field(number(name), value);
        }
    }
}

/// Names that entries mention, numbered anew.
#[derive(Default)]
struct Tables {
    numbers: HashMap<NameId, NameId>,
    texts: Vec<&'static str>,
}

impl Tables {
    fn number(&mut self, name: NameId) -> NameId {
        let texts = &mut self.texts;
        *self.numbers.entry(name).or_insert_with(|| {
            texts.push(shown(name));
            NameId((texts.len() - 1) as u32)
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        count(self.texts.len(), out);
        self.texts.iter().for_each(|name| text(name, out));
    }
}

fn write_route(route: &Route, out: &mut Vec<u8>) {
    let callsite = &route.callsite;
    out.push(match callsite.kind {
        CallsiteKind::Event => 0,
        CallsiteKind::Span => 1,
        CallsiteKind::Hint => 2,
    });
    out.push(place(&Level::ALL, &route.level));
    out.push(place(&CLASSES, &route.record));
    text(&callsite.name, out);
    text(&callsite.target, out);
    for part in [&callsite.module, &callsite.file] {
        optional(part.as_deref(), out);
    }
    count(callsite.line.map_or(0, |line| line as usize), out);
    optional(route.class.as_deref(), out);
    text(&route.rule, out);
    count(route.fields.len(), out);
    route.fields.iter().for_each(|field| text(&field.name, out));
    count(route.labels.len(), out);
    for (name, value) in &route.labels {
        text(name, out);
        text(value, out);
    }
}

fn read_route(reading: &mut Reading<'_>, home: &Home) -> Option<Route> {
    let kind = match reading.u8()? {
        0 => CallsiteKind::Event,
        1 => CallsiteKind::Span,
        _ => CallsiteKind::Hint,
    };
    let level = *Level::ALL.get(usize::from(reading.u8()?))?;
    let record = *CLASSES.get(usize::from(reading.u8()?))?;
    let owned = |text: &str| Cow::Owned(text.to_owned());
    let (name, target) = (owned(reading.text()?), owned(reading.text()?));
    let module = read_optional(reading)?.map(owned);
    let file = read_optional(reading)?.map(owned);
    let line = Some(reading.u32()?).filter(|line| *line > 0);
    let class = read_optional(reading)?.map(Arc::from);
    let rule: Arc<str> = reading.text()?.into();
    let names: Vec<Arc<str>> = list(reading, |reading| Some(reading.text()?.into()))?;
    let labels = list(reading, |reading| {
        Some((reading.text()?.into(), reading.text()?.into()))
    })?;
    let account = home.ledger.entry(&rule, &home.sink);
    let field = |(index, name)| RouteField {
        index,
        name,
        hide: None,
    };
    Some(Route {
        callsite: Callsite {
            id: CallsiteId(u32::MAX),
            kind,
            name,
            target,
            module,
            file,
            line,
            level,
            fields: Box::default(),
            metadata: None,
        },
        level,
        class,
        rule,
        record,
        fields: names.into_iter().enumerate().map(field).collect(),
        message: None,
        labels,
        max_value: usize::MAX,
        raw_value_cap: usize::MAX,
        max_record: usize::MAX,
        scrub: Scrub::default(),
        durable: false,
        tap: home.tap.clone(),
        account,
    })
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|other| other == one).unwrap_or(0) as u8
}

fn count(count: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

fn text(text: &str, out: &mut Vec<u8>) {
    count(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// A text that may be missing, which an empty one is not.
fn optional(part: Option<&str>, out: &mut Vec<u8>) {
    out.push(u8::from(part.is_some()));
    text(part.unwrap_or_default(), out);
}

fn read_optional<'b>(reading: &mut Reading<'b>) -> Option<Option<&'b str>> {
    let is_some = reading.u8()? != 0;
    let text = reading.text()?;
    Some(is_some.then_some(text))
}

/// So many things, with as many bytes as they turn out to need.
fn list<'b, T>(
    reading: &mut Reading<'b>,
    mut one: impl FnMut(&mut Reading<'b>) -> Option<T>,
) -> Option<Vec<T>> {
    // The count is not trusted to allocate by.
    let mut all = Vec::new();
    for _ in 0..reading.u32()? {
        all.push(one(reading)?);
    }
    Some(all)
}
