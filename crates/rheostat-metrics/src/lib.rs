//! How a plan becomes series: the recorder, its cells, and what a scraper sees.
//!
//! [`Registry`] is the recorder: all metrics of a program live in it, those of the
//! policy and those of its own `metrics::counter!` calls, longer than any policy.
//! [`Metrics`] is the output that turns a policy's `count`, `histogram` and `gauge`
//! into recordings, in the registry or, through [`Facade`], in any other recorder.
//! [`Format`] renders a [`Snapshot`], and [`Endpoint`] serves it.
//!
//! ```text
//! thread ──▶ table ──▶ series ──▶ cell of the thread's bank         no lock, no shared line
//! scrape ──▶ sums the banks ──▶ Snapshot ──▶ text, OpenMetrics, protobuf
//! upkeep ──▶ idle series leave, in two steps; an overflow ends
//! ```
//!
//! # What it costs and what it bounds
//!
//! Recording through a kept [`Handle`] is a handful of instructions; finding the
//! series of some labels first costs their hash and one comparison. A metric holds
//! at most its `max_series`, a quarter as many that are folded, and one more;
//! [`Registry::cell_bytes`] says what their cells can take. Nothing waits for a
//! scraper, and nobody who records waits for one.
//!
//! # Where `unsafe` stands
//!
//! In the banks (`bank/`), the table and the series it points to (`series/`,
//! `family/`): each block says why it holds, and `models.rs` has loom models of them.

#![cfg_attr(loom, allow(dead_code, reason = "models use a part of it"))]

mod backend;
mod bank;
#[cfg(not(loom))]
mod bound;
mod clock;
mod exemplar;
mod expose;
mod family;
mod grace;
mod histogram;
#[cfg(not(loom))]
mod http;
#[cfg(all(test, loom))]
mod models;
#[cfg(not(loom))]
mod output;
mod program;
#[cfg(not(loom))]
mod reading;
mod registry;
mod series;
mod snapshot;
mod spec;
mod sync;

pub use backend::{Backend, Facade, Honours};
#[cfg(not(loom))]
pub use bound::{Circumstances, MetricBound};
pub use clock::{Clock, ManualClock, SystemClock};
pub use exemplar::Exemplar;
pub use expose::Format;
pub use family::Overflow;
pub use histogram::{NativeHistogram, Span};
#[cfg(not(loom))]
pub use http::{BindError, Endpoint, Listen, Prepared};
#[cfg(not(loom))]
pub use output::{Metrics, MetricsPlan, MetricsStaged};
pub use registry::{Defaults, Handle, Metric, Refused, Registry};
pub use series::{LabelBuffer, MAX_LABEL};
pub use snapshot::{FamilySnapshot, HistogramSnapshot, SeriesSnapshot, Snapshot, Value};
pub use spec::{Bounds, Identity, Kind, Settings};
