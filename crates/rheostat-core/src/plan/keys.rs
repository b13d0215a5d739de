//! The keys of limits: `by = [VALUE, ..]`.

use rheostat_policy::expr::{BuiltIn, Expr, ExprKind, Ref};
use rheostat_policy::model::{Limits, RuleId};

use super::draft::Draft;
use crate::limit::KeyHashes;
use crate::program::{HashKey, Program};
use crate::record::Record;
use crate::value::number::plain;
use crate::value::text::text_of;
use crate::value::{Num, Value};

/// The keys of one action's limits.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    sample: Key,
    every: Key,
    rate: Key,
}

#[derive(Debug, Default)]
struct Key {
    parts: Box<[Program]>,
    /// Without a trace a record is sampled on its own.
    trace: Option<usize>,
}

impl Keys {
    pub(crate) fn of(draft: &mut Draft<'_>, rule: RuleId, limits: &Limits) -> Self {
        let mut key = |by: Option<&Vec<Expr>>| Key {
            parts: by
                .into_iter()
                .flatten()
                .map(|expr| Program::of(draft.fold(rule, expr)))
                .collect(),
            trace: by.and_then(|by| by.iter().position(is_trace_id)),
        };
        Self {
            sample: key(limits.sample.as_ref().map(|sample| &sample.by)),
            every: key(limits.every.as_ref().map(|every| &every.by)),
            rate: key(limits.rate.as_ref().map(|rate| &rate.by)),
        }
    }

    pub(crate) fn hashes(&self, record: &Record<'_>) -> KeyHashes {
        let sampled_alone = self
            .sample
            .trace
            .is_some_and(|at| !record.value(&self.sample.parts[at]).is_some());
        KeyHashes {
            sample: if sampled_alone {
                None
            } else {
                self.sample.hash(record)
            },
            every: self.every.hash(record),
            rate: self.rate.hash(record),
        }
    }
}

fn is_trace_id(expr: &Expr) -> bool {
    expr.kind == ExprKind::Ref(Ref::BuiltIn(BuiltIn::TraceId))
}

impl Key {
    fn hash(&self, record: &Record<'_>) -> Option<u64> {
        let (first, rest) = self.parts.split_first()?;
        let start = hash(record.value(first));
        Some(rest.iter().fold(start, |sum, part| {
            // The order of parts matters, so `a, b` and `b, a` are two keys.
            sum.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash(record.value(part))
        }))
    }
}

/// A hash that is the same in every process, so that the same key has the same fate in all of them.
/// Equal values of different types have equal hashes.
fn hash(value: Value<'_>) -> u64 {
    let public = HashKey::public();
    if let Some(text) = text_of(value) {
        return public.hash(text.as_bytes());
    }
    match (value, plain(value)) {
        (Value::Bytes(bytes), _) => public.hash(bytes),
        (Value::Bool(value), _) => public.hash(&[u8::from(value)]),
        (Value::Duration(nanos), _) => public.hash(&nanos.to_le_bytes()),
        (_, Some(number)) => match (number.whole(), number) {
            (Some(whole), _) => public.hash(&whole.to_le_bytes()),
            (None, Num::Huge(huge)) => public.hash(&huge.to_le_bytes()),
            (None, other) => public.hash(&other.to_f64().to_bits().to_le_bytes()),
        },
        _ => public.hash(&[]),
    }
}
