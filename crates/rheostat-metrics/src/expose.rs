//! Metrics as a scraper reads them: Prometheus text, OpenMetrics, protobuf.
//!
//! What is exposed always parses: names were checked or mended when a metric was
//! made, values are escaped here, and every metric has a help text.

mod accept;
mod number;
mod openmetrics;
mod page;
mod protobuf;
mod text;
pub(crate) mod wire;

use crate::snapshot::Snapshot;

/// A format of exposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus's classic text, 0.0.4.
    Text,
    /// OpenMetrics text, 1.0.0: units, exemplars, creation times.
    OpenMetrics,
    /// Prometheus's protobuf, length-delimited: all of that and native histograms.
    Protobuf,
}

impl Format {
    /// The format that an `Accept` header asks for; text where there is none or nothing fits.
    pub fn accepted(accept: Option<&str>) -> Self {
        accept.and_then(accept::best).unwrap_or(Self::Text)
    }

    /// The `Content-Type` of a page.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        }
    }

    /// The page that shows these metrics.
    pub fn render(self, snapshot: &Snapshot) -> Vec<u8> {
        match self {
            Self::Text => text::render(snapshot).into_bytes(),
            Self::OpenMetrics => openmetrics::render(snapshot).into_bytes(),
            Self::Protobuf => protobuf::render(snapshot),
        }
    }
}
