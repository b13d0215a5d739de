//! What a day came to.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use rheostat::MemoryBound;

use super::books::Books;
use crate::harness::machine;
use crate::memory;
use crate::plot::{Chart, Line};

/// Memory at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    at: Duration,
    events: u64,
    resident: u64,
}

impl Sample {
    pub(super) fn new(begun: Instant, events: u64) -> Result<Self, String> {
        Ok(Self {
            at: begun.elapsed(),
            events,
            resident: memory::resident()?,
        })
    }
}

/// A day.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) books: Books,
    pub(super) samples: Vec<Sample>,
    /// Memory before anything of ours was there.
    pub(super) before: u64,
    pub(super) bound: MemoryBound,
    pub(super) threads: u64,
    pub(super) reloads: u64,
    pub(super) took: Duration,
}

/// What memory may grow by from the second quarter to the last and still be called flat: what allocators and
/// samples differ by.
const FLAT: u64 = 8 << 20;

impl Outcome {
    /// The most that was resident in a part of the day, from and to in hundredths of its samples, above what there
    /// was before.
    fn most(&self, from: usize, to: usize) -> u64 {
        let at = |share: usize| self.samples.len() * share / 100;
        let part = self.samples[at(from)..at(to)].iter();
        let most = part.map(|sample| sample.resident).max().unwrap_or(0);
        most.saturating_sub(self.before)
    }

    fn is_flat(&self) -> bool {
        self.most(75, 100) <= self.most(25, 50) + FLAT
    }

    /// What did not hold.
    pub(super) fn verdict(&self) -> Result<(), String> {
        let holds = [
            (
                self.books.are_right(),
                "what was counted is not what was fired",
            ),
            (self.is_flat(), "memory is not flat"),
            (
                self.most(0, 100) <= self.bound.bytes(),
                "memory is beyond its bound",
            ),
        ];
        let wrong: Vec<&str> = holds
            .iter()
            .filter_map(|(holds, what)| (!holds).then_some(*what))
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(wrong.join("; "))
    }

    /// The report.
    pub(super) fn page(&self) -> String {
        let last = self.samples.last();
        let (events, seconds) = (
            last.map_or(0, |sample| sample.events),
            self.took.as_secs_f64(),
        );
        let mut page = format!(
            "# An accelerated day\n\n\
             Written by `cargo xtask soak`; do not edit. {} events, {} reloads and {} threads, ten at a time, in {seconds:.0} s:\n\
             counters, histograms, spans and a stream into a file; visitors that come and never come again are series that\n\
             expire after two seconds; each reload brings a rule and a metric and takes the last ones away, every tenth gives\n\
             the file another queue.\n\n\
             Measured on: {}.\n\n",
            grouped(events),
            self.reloads,
            grouped(self.threads),
            machine::shown(),
        );
        page.push_str("![Memory over the day](benchmarks/soak.svg)\n\n");
        page.push_str("| what | fired | counted | verdict |\n|--|--:|--:|--|\n");
        for line in &self.books.lines {
            let (fired, counted) = (grouped(line.fired), grouped(line.counted));
            let verdict = held(line.fired == line.counted);
            // Writing to a String cannot fail.
            let _ = writeln!(page, "| {} | {fired} | {counted} | {verdict} |", line.what);
        }
        page.push_str(
            "\n| memory above what there was before | MiB | may be | verdict |\n|--|--:|--:|--|\n",
        );
        let (second, last) = (self.most(25, 50), self.most(75, 100));
        let most = self.most(0, 100);
        let _ = write!(
            page,
            "| at most in the second quarter | {:.1} | | |\n\
             | at most in the last quarter | {:.1} | ≤ {:.1} | {} |\n\
             | at most in all | {:.1} | ≤ {:.1}, as `rheostat check --memory` says | {} |\n",
            mebibytes(second),
            mebibytes(last),
            mebibytes(second + FLAT),
            held(self.is_flat()),
            mebibytes(most),
            mebibytes(self.bound.bytes()),
            held(most <= self.bound.bytes()),
        );
        let _ = write!(page, "\n```text\n{}\n```\n", self.bound);
        page
    }

    /// Writes the report and its picture into a folder.
    pub(super) fn write(&self, folder: &str) -> Result<(), String> {
        let of = |from: fn(&Sample) -> u64| {
            let points = self.samples.iter();
            points
                .map(|sample| (sample.at.as_secs_f64(), mebibytes(from(sample))))
                .collect()
        };
        let chart = Chart {
            title: "Resident memory over an accelerated day".to_owned(),
            x: "seconds",
            y: "MiB",
            by_factors: false,
            lines: vec![Line {
                name: "the whole process".to_owned(),
                points: of(|sample| sample.resident),
            }],
        };
        let folder = Path::new(folder);
        let pictures = folder.join("benchmarks");
        std::fs::create_dir_all(&pictures).map_err(|error| error.to_string())?;
        std::fs::write(pictures.join("soak.svg"), chart.svg()?)
            .map_err(|error| error.to_string())?;
        std::fs::write(folder.join("soak.md"), self.page()).map_err(|error| error.to_string())
    }
}

fn held(holds: bool) -> &'static str {
    if holds { "holds" } else { "MISSED" }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [7, 1_000, 100_000_000].map(grouped),
            ["7", "1,000", "100,000,000"]
        );
    }
}
