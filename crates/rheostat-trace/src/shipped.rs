//! One span on its way, from the verdict at its opening to its end.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::trace::TraceId;
use rheostat_core::ledger::Cause;
use rheostat_core::plan::LimitKeys;

use crate::held::HeldTrace;
use crate::sampler::is_sampled;
use crate::shipping::{NamePart, Shipping};

/// What the layer, the tracer, the OpenTelemetry span and the output know of one span together.
#[derive(Debug)]
pub(crate) struct Shipped {
    pub(crate) shipping: Arc<Shipping>,
    /// The engine's number for it, unique in the process.
    pub(crate) number: u64,
    /// The values of the name's holes, as known so far.
    holes: Mutex<Vec<Option<String>>>,
    /// `otel.name`, where it was recorded after the OpenTelemetry span had begun.
    late_name: Mutex<Option<String>>,
    /// Nothing reads what is put into a span that is not recording.
    recording: AtomicBool,
    /// What its action's limits are judged by, where it has any.
    limit_keys: Option<LimitKeys>,
    /// The limit that left its trace out, if it is the local root and one did.
    limited: OnceLock<Cause>,
    /// The trace that waits for its local root, if it does, and whether this span is that root.
    held: OnceLock<(Arc<HeldTrace>, bool)>,
    root: Mutex<Root>,
}

/// The two halves of a local root's end, in whatever order they come.
#[derive(Debug, Default)]
struct Root {
    keep: Option<bool>,
    ended: bool,
    settled: bool,
}

impl Shipped {
    /// A span that opens now; `holes` are the values of its name's holes, as far as they are known.
    pub(crate) fn new(
        shipping: Arc<Shipping>,
        number: u64,
        mut holes: Vec<Option<String>>,
    ) -> Self {
        let parts = shipping
            .name
            .as_ref()
            .map_or(0, |template| template.0.len());
        // At most every part is a hole.
        holes.resize(parts, None);
        Self {
            shipping,
            number,
            holes: Mutex::new(holes),
            late_name: Mutex::default(),
            limit_keys: None,
            limited: OnceLock::new(),
            recording: AtomicBool::new(true),
            held: OnceLock::new(),
            root: Mutex::default(),
        }
    }

    /// The same, to be limited by these keys if it is a local root.
    pub(crate) fn limited_by(mut self, keys: Option<LimitKeys>) -> Self {
        self.limit_keys = keys;
        self
    }

    /// Whether the trace of which this is the local root is shipped: by its id, then by the action's limits.
    pub(crate) fn is_sampled_root(&self, trace: TraceId) -> bool {
        if !is_sampled(trace, self.shipping.ratio) {
            return false;
        }
        let (Some(limits), Some(keys)) = (&self.shipping.limits, self.limit_keys) else {
            return true;
        };
        match limits.judge(keys) {
            Ok(_) => true,
            Err(cause) => {
                // A span begins once.
                let _ = self.limited.set(cause);
                false
            }
        }
    }

    /// Why it is not shipped: the limit at its root, or that its trace is not.
    pub(crate) fn left_out_by(&self) -> Cause {
        self.limited.get().copied().unwrap_or(Cause::Sample)
    }

    /// The OpenTelemetry span began, and its trace is not shipped.
    pub(crate) fn set_not_recording(&self) {
        self.recording.store(false, Ordering::Relaxed);
    }

    /// Whether what is put into it can still be shipped.
    pub(crate) fn is_recording(&self) -> bool {
        self.recording.load(Ordering::Relaxed)
    }

    /// It is part of a trace that waits for its local root.
    pub(crate) fn hold(&self, trace: Arc<HeldTrace>, is_root: bool) {
        // A span begins once.
        let _ = self.held.set((trace, is_root));
    }

    /// The trace that waits, if it does.
    pub(crate) fn held(&self) -> Option<&Arc<HeldTrace>> {
        self.held.get().map(|(trace, _)| trace)
    }

    /// A field that was recorded, as its attribute may be shown; `None` where it may not.
    pub(crate) fn attribute(&self, attribute: KeyValue) -> Option<KeyValue> {
        let shown = &self.shipping.shown;
        let attribute = shown.redacted(attribute)?;
        let key = attribute.key.as_str();
        // A field may be part of the name without being an attribute.
        self.fill(key, &attribute.value.as_str());
        shown.chooses(key).then_some(attribute)
    }

    fn fill(&self, field: &str, value: &str) {
        let Some(template) = &self.shipping.name else {
            return;
        };
        for part in &template.0 {
            if let NamePart::Hole {
                nth,
                field: Some(own),
            } = part
                && **own == *field
                && let Some(hole) = lock(&self.holes).get_mut(*nth)
            {
                *hole = Some(value.to_owned());
            }
        }
    }

    /// `otel.name` was recorded.
    pub(crate) fn rename(&self, name: String) {
        *lock(&self.late_name) = Some(name);
    }

    /// The name to ship, where it is another than the span began with.
    pub(crate) fn name(&self) -> Option<Cow<'static, str>> {
        let Some(template) = &self.shipping.name else {
            return lock(&self.late_name).take().map(Cow::Owned);
        };
        let holes = lock(&self.holes);
        let mut name = String::new();
        for part in &template.0 {
            match part {
                NamePart::Text(text) => name.push_str(text),
                NamePart::Hole { nth, .. } => {
                    name.push_str(holes.get(*nth).and_then(Option::as_deref).unwrap_or(""));
                }
            }
        }
        // A name of nothing but holes that nothing filled would leave the span nameless.
        (!name.trim().is_empty()).then_some(Cow::Owned(name))
    }

    /// The output judged `keep`, at the span's close.
    pub(crate) fn judge(&self, keep: bool) {
        lock(&self.root).keep = Some(keep);
        self.settle();
    }

    /// The OpenTelemetry span ended.
    pub(crate) fn end(&self) {
        lock(&self.root).ended = true;
        self.settle();
    }

    fn settle(&self) {
        let Some((trace, true)) = self.held.get() else {
            return;
        };
        let keep = {
            let mut root = lock(&self.root);
            match root.keep {
                Some(keep) if root.ended && !root.settled => {
                    root.settled = true;
                    keep
                }
                _ => return,
            }
        };
        trace.root_closed(keep);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
