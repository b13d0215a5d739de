//! Which exemplars a collector has already.
//!
//! A total keeps its exemplars until newer ones take their places, and each is
//! told once. Several reports may be of one moment; what was told before that
//! moment is the same for all of them.

use rheostat_core::sink::Report;

/// When reports that were taken were of.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The last one.
    last: u64,
    /// The last one of another moment.
    before: u64,
}

impl Told {
    /// Exemplars up to then were told before this report.
    pub(super) fn before(&self, report: &Report) -> u64 {
        if moment(report) == self.last {
            self.before
        } else {
            self.last
        }
    }

    /// The report was taken.
    pub(super) fn settled(&mut self, report: &Report) {
        let moment = moment(report);
        if moment != self.last {
            self.before = self.last;
            self.last = moment;
        }
    }
}

fn moment(report: &Report) -> u64 {
    let times = report.points().map(|(_, point)| point.to);
    times.max().unwrap_or_default()
}
