//! Traces that wait for their local root, because `keep` may want them.
//!
//! Only what is not sampled waits: a sampled trace is shipped whatever `keep`
//! says. What waits is bounded in number and time; what overflows is judged by
//! `sample`, which said no already, and counted.
//!
//! ```text
//! a span ends ──▶ HeldTrace ── root closed, keep holds ──▶ shipped, marked sampled
//!                     │
//!                     └─ root closed without it, 10,000 spans, 30 s ──▶ counted
//! ```

mod trace;
mod traces;

pub(crate) use trace::HeldTrace;
pub(crate) use traces::{HeldTraces, MOST_SPANS};
