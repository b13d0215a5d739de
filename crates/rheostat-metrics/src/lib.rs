//! How a plan becomes series: the recorder, its cells, and what a scraper sees.

mod bank;
mod clock;
mod exemplar;
mod expose;
mod family;
mod grace;
mod histogram;
mod program;
mod registry;
mod series;
mod snapshot;
mod spec;
mod sync;

pub use clock::{Clock, ManualClock, SystemClock};
pub use exemplar::Exemplar;
pub use expose::Format;
pub use family::Overflow;
pub use histogram::{NativeHistogram, Span};
pub use registry::{Defaults, Handle, Metric, Refused, Registry};
pub use series::{LabelBuffer, MAX_LABEL};
pub use snapshot::{FamilySnapshot, HistogramSnapshot, SeriesSnapshot, Snapshot, Value};
pub use spec::{Bounds, Identity, Kind, Settings};
