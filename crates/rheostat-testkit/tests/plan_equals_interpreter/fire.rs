//! Callsites made at run time, and the steps of a world done to them through `tracing`'s own doors.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use rheostat_policy::model::Level;
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::field::{FieldSet, Value, debug};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Dispatch, Event, Interest, Kind, Metadata, dispatcher};

use crate::world::{Parent, Recorded, Site, Step};

/// A callsite that was not written in any source.
pub(crate) struct Fake {
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU8,
}

impl Callsite for Fake {
    fn set_interest(&self, interest: Interest) {
        let word = if interest.is_never() {
            0
        } else if interest.is_always() {
            2
        } else {
            1
        };
        self.interest.store(word, Ordering::SeqCst);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.metadata.get().expect("set before it is registered")
    }
}

/// The most fields a callsite of the pool declares.
const FIELDS: usize = 5;

impl Fake {
    /// Makes a site a callsite for good, and registers it.
    pub(crate) fn register(site: &Site) -> &'static Self {
        let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let fake: &'static Self = Box::leak(Box::new(Self {
            metadata: OnceLock::new(),
            interest: AtomicU8::new(0),
        }));
        let fields: Vec<&'static str> = site.fields.iter().map(|field| leak(field)).collect();
        let fields = FieldSet::new(Box::leak(fields.into_boxed_slice()), Identifier(fake));
        let level = match site.level {
            Level::Error => tracing_core::Level::ERROR,
            Level::Warn => tracing_core::Level::WARN,
            Level::Info => tracing_core::Level::INFO,
            Level::Debug => tracing_core::Level::DEBUG,
            Level::Trace => tracing_core::Level::TRACE,
        };
        let metadata = Metadata::new(
            leak(&site.name),
            leak(&site.target),
            level,
            site.file.as_deref().map(leak),
            site.line,
            site.module.as_deref().map(leak),
            fields,
            if site.is_span {
                Kind::SPAN
            } else {
                Kind::EVENT
            },
        );
        fake.metadata.set(metadata).expect("set once");
        tracing_core::callsite::register(fake);
        fake
    }

    /// Whether it is the callsite of this description.
    pub(crate) fn is(&self, metadata: &Metadata<'_>) -> bool {
        self.metadata
            .get()
            .is_some_and(|own| own.callsite() == metadata.callsite())
    }

    fn enabled(&'static self, dispatch: &Dispatch) -> bool {
        match self.interest.load(Ordering::SeqCst) {
            0 => false,
            1 => dispatch.enabled(self.metadata()),
            _ => true,
        }
    }

    /// Calls back with the values as `tracing` hands them over.
    fn with_values<T>(
        &'static self,
        values: &[(usize, Recorded)],
        call: impl FnOnce(&tracing_core::field::ValueSet<'_>) -> T,
    ) -> T {
        let fields: Vec<_> = self.metadata().fields().iter().collect();
        let boxes: Vec<Option<Box<dyn Value>>> = (0..FIELDS)
            .map(|field| values.iter().find(|(index, _)| *index == field))
            .map(|found| found.and_then(|(_, value)| boxed(value)))
            .collect();
        // A field that is not there is padded with the first one and no value.
        let pair = |at: usize| (fields.get(at).unwrap_or(&fields[0]), boxes[at].as_deref());
        let set: [_; FIELDS] = std::array::from_fn(pair);
        call(&self.metadata().fields().value_set(&set))
    }
}

fn boxed(value: &Recorded) -> Option<Box<dyn Value>> {
    Some(match value.clone() {
        Recorded::Empty => return None,
        Recorded::Bool(value) => Box::new(value),
        Recorded::I64(value) => Box::new(value),
        Recorded::U64(value) => Box::new(value),
        Recorded::I128(value) => Box::new(value),
        Recorded::U128(value) => Box::new(value),
        Recorded::F64(value) => Box::new(value),
        Recorded::Text(text) => Box::new(text),
        Recorded::Formatted(text) => Box::new(debug(Plain(text))),
        Recorded::Error(text) => Box::new(Box::new(Failure(text)) as Box<dyn std::error::Error>),
        Recorded::Bytes(bytes) => Box::new(bytes.into_boxed_slice()),
    })
}

/// Formats as its text, without quotes.
struct Plain(String);

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// Does the steps under the current default dispatcher; `wait` passes the time.
pub(crate) fn perform(fakes: &[&'static Fake], steps: &[Step], wait: impl Fn(u64)) {
    // A clone, because inside `get_default` a Registry cannot let go of a parent.
    let dispatch = &dispatcher::get_default(Dispatch::clone);
    let mut spans: Vec<Option<Id>> = Vec::new();
    let mut sites: Vec<usize> = Vec::new();
    for step in steps {
        match step {
            Step::Wait(nanoseconds) => wait(*nanoseconds),
            Step::Open {
                site,
                parent,
                values,
            } => {
                spans.push(open(
                    dispatch,
                    fakes[*site],
                    parent_of(*parent, &spans),
                    values,
                ));
                sites.push(*site);
            }
            Step::Event {
                site,
                parent,
                values,
            } => {
                let parent = parent_of(*parent, &spans);
                event(dispatch, fakes[*site], parent, values);
            }
            Step::Record { span, values } => {
                if let Some(id) = &spans[*span] {
                    fakes[sites[*span]].with_values(values, |set| {
                        dispatch.record(id, &Record::new(set));
                    });
                }
            }
            Step::Enter(span) => spans[*span].iter().for_each(|id| dispatch.enter(id)),
            Step::Exit(span) => spans[*span].iter().for_each(|id| dispatch.exit(id)),
            Step::Close(span) => {
                if let Some(id) = spans[*span].take() {
                    dispatch.try_close(id);
                }
            }
        }
    }
}

/// `None`: contextual. `Some(None)`: a root, which is also what a disabled parent makes.
fn parent_of(parent: Parent, spans: &[Option<Id>]) -> Option<Option<Id>> {
    match parent {
        Parent::Context => None,
        Parent::Root => Some(None),
        Parent::Of(span) => Some(spans[span].clone()),
    }
}

fn open(
    dispatch: &Dispatch,
    fake: &'static Fake,
    parent: Option<Option<Id>>,
    values: &[(usize, Recorded)],
) -> Option<Id> {
    if !fake.enabled(dispatch) {
        return None;
    }
    fake.with_values(values, |set| {
        let metadata = Callsite::metadata(fake);
        let attributes = match parent {
            None => Attributes::new(metadata, set),
            Some(None) => Attributes::new_root(metadata, set),
            Some(Some(id)) => Attributes::child_of(id, metadata, set),
        };
        Some(dispatch.new_span(&attributes))
    })
}

fn event(
    dispatch: &Dispatch,
    fake: &'static Fake,
    parent: Option<Option<Id>>,
    values: &[(usize, Recorded)],
) {
    if !fake.enabled(dispatch) {
        return;
    }
    fake.with_values(values, |set| {
        let metadata = Callsite::metadata(fake);
        match parent {
            None => dispatch.event(&Event::new(metadata, set)),
            Some(parent) => dispatch.event(&Event::new_child_of(parent, metadata, set)),
        }
    });
}
