//! Measurements that are no loop over one operation. Each gives lines of a table.

mod callsites;
mod file;
mod histograms;
pub(crate) mod reload;
mod saved;
mod series;

use std::fmt;

/// One line: what, what was reached, what may be, and whether it holds.
pub(crate) struct Line {
    what: &'static str,
    reached: f64,
    unit: &'static str,
    bound: Option<Bound>,
}

/// What is aimed at.
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

/// A measurement.
type Measure = fn() -> Result<Vec<Line>, String>;

/// All of them.
pub(crate) const ALL: [(&str, Measure); 9] = [
    ("reload", reload::measure),
    ("reload of an EnvFilter", reload::measure_peer),
    ("saved", saved::measure),
    ("file", file::measure),
    ("series", series::measure),
    ("series of the peer", series::measure_peer),
    ("histograms", histograms::measure),
    ("callsites", callsites::measure),
    ("callsites with plans", callsites::measure_wanted),
];

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (reached, unit) = (self.reached, self.unit);
        write!(f, "| {} | {reached:.2} {unit} | ", self.what)?;
        match self.bound {
            None => write!(f, "| |"),
            Some(Bound::AtMost(most)) => {
                write!(f, "≤ {most} {unit} | {} |", verdict(reached <= most))
            }
            Some(Bound::AtLeast(least)) => {
                write!(f, "≥ {least} {unit} | {} |", verdict(reached >= least))
            }
        }
    }
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "MISSED" }
}
