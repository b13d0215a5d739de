//! An event as the inner subscriber gets it when its parent has to be another.
//!
//! `tracing` does not let anybody give an event another parent, nor get at its
//! values but one by one. So the values are copied out, texts as they would be
//! formatted, and a new event is made of them. Only events that name a span of
//! ours as their parent and that the inner subscriber wants come here.

use std::error::Error;
use std::fmt;

use tracing_core::Event;
use tracing_core::field::{self, Field, Visit};
use tracing_core::span::Id;

/// A value copied out of an event.
enum Copied {
    Bool(bool),
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Text(String),
    Bytes(Box<[u8]>),
    Error(Box<dyn Error + 'static>),
    Debug(Written),
}

/// What a `Debug` wrote, plain and in its alternate form.
struct Written {
    plain: String,
    alternate: String,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if f.alternate() {
            &self.alternate
        } else {
            &self.plain
        })
    }
}

/// An error's texts, sources included.
#[derive(Debug)]
struct Told {
    text: String,
    source: Option<Box<Self>>,
}

impl Told {
    fn of(error: &(dyn Error + 'static)) -> Self {
        Self {
            text: error.to_string(),
            source: error.source().map(|source| Box::new(Self::of(source))),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Told {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

/// By field index.
struct Copier(Vec<Option<Copied>>);

impl Copier {
    fn put(&mut self, field: &Field, value: Copied) {
        if let Some(place) = self.0.get_mut(field.index()) {
            *place = Some(value);
        }
    }
}

impl Visit for Copier {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Copied::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Copied::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Copied::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.put(field, Copied::I128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.put(field, Copied::U128(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Copied::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Copied::Text(value.to_owned()));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.put(field, Copied::Bytes(value.into()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, Copied::Error(Box::new(Told::of(value))));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = Written {
            plain: format!("{value:?}"),
            alternate: format!("{value:#?}"),
        };
        self.put(field, Copied::Debug(written));
    }
}

/// Calls with an event that says the same and has this parent; none makes it a root.
pub(super) fn with_parent(event: &Event<'_>, parent: Option<Id>, then: impl FnOnce(&Event<'_>)) {
    let metadata = event.metadata();
    let mut copier = Copier(Vec::new());
    copier.0.resize_with(metadata.fields().len(), || None);
    event.record(&mut copier);
    // `debug` wraps what has only a `Debug`; it has to live as long as the values.
    let formatted: Vec<Option<field::DebugValue<&Written>>> = copier
        .0
        .iter()
        .map(|copied| match copied {
            Some(Copied::Debug(written)) => Some(field::debug(written)),
            _ => None,
        })
        .collect();
    let values: Vec<Option<&dyn field::Value>> = copier
        .0
        .iter()
        .zip(&formatted)
        .map(|(copied, formatted)| {
            Some(match copied.as_ref()? {
                Copied::Bool(value) => value as &dyn field::Value,
                Copied::I64(value) => value,
                Copied::U64(value) => value,
                Copied::I128(value) => value,
                Copied::U128(value) => value,
                Copied::F64(value) => value,
                Copied::Text(value) => value,
                Copied::Bytes(value) => value,
                Copied::Error(value) => value,
                Copied::Debug(_) => formatted.as_ref()?,
            })
        })
        .collect();
    let values = metadata.fields().value_set_all(&values);
    then(&Event::new_child_of(parent, metadata, &values));
}
