//! Callsites from one line: `event target level field,field`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rheostat_policy::model::Level;

use crate::callsite::{Callsite, CallsiteId, CallsiteKind};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An event at `src/lib.rs:41`: target, level, fields.
pub(crate) fn event(target: &'static str, level: Level, fields: &[&'static str]) -> Arc<Callsite> {
    callsite(
        CallsiteKind::Event,
        ("event src/lib.rs:41", target),
        level,
        fields,
    )
}

/// A span in `app` at `src/lib.rs:41`: name, level, fields.
pub(crate) fn span(name: &'static str, level: Level, fields: &[&'static str]) -> Arc<Callsite> {
    callsite(CallsiteKind::Span, (name, "app"), level, fields)
}

fn callsite(
    kind: CallsiteKind,
    (name, target): (&'static str, &'static str),
    level: Level,
    fields: &[&'static str],
) -> Arc<Callsite> {
    Arc::new(Callsite {
        id: CallsiteId(NEXT.fetch_add(1, Ordering::Relaxed)),
        kind,
        name: name.into(),
        target: target.into(),
        module: Some(target.into()),
        file: Some("src/lib.rs".into()),
        line: Some(41),
        level,
        fields: fields.into(),
        metadata: None,
    })
}
