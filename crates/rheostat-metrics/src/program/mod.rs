//! The program's own `metrics::counter!` calls and their kin, in the same families as the policy's.
//!
//! A metric of the same name, kind and label names is the same metric, whoever
//! defined it first; a kept handle goes on in the policy's when the policy comes
//! to define it. Handles keep their series: such a series is no longer shown when
//! it is idle for too long, but it is not removed.

mod names;
mod register;

pub(crate) use register::arrange;
