//! How a plan becomes series: the recorder, its cells, and what a scraper sees.

#![cfg_attr(loom, allow(dead_code, reason = "models use a part of it"))]

mod backend;
mod bank;
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
mod registry;
mod series;
mod snapshot;
mod spec;
mod sync;

pub use backend::{Backend, Facade, Honours};
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
