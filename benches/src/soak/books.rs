//! What was fired against what was counted.

use super::work::{A_RECORD, A_SPAN};

/// Pairs of what must be and what is.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) lines: Vec<Line>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) what: &'static str,
    pub(super) fired: u64,
    pub(super) counted: u64,
}

impl Books {
    /// What a page of metrics says of so many events.
    pub(super) fn of(page: &str, events: u64) -> Self {
        let counted = |name: &str, with: &[&str]| sum(page, name, with);
        let kept = counted(
            "rheostat_records_total",
            &["outcome=\"delivered\"", "rule=\"records\""],
        );
        let line = |what, fired, counted| Line {
            what,
            fired,
            counted,
        };
        Self {
            lines: vec![
                line(
                    "events in the counter",
                    events,
                    counted("soak_events_total", &[]),
                ),
                line(
                    "events in the histogram",
                    events,
                    counted("soak_took_seconds_count", &[]),
                ),
                line(
                    "spans in the histogram of how long they were open",
                    events / A_SPAN,
                    counted("soak_open_seconds_count", &[]),
                ),
                line("records delivered to the file", events / A_RECORD, kept),
                line(
                    "records in the ledger in all",
                    events / A_RECORD,
                    counted("rheostat_records_total", &["rule=\"records\""]),
                ),
            ],
        }
    }

    pub(super) fn are_right(&self) -> bool {
        self.lines.iter().all(|line| line.fired == line.counted)
    }
}

/// The sum of the samples of a name that have these labels.
fn sum(page: &str, name: &str, with: &[&str]) -> u64 {
    let samples = page.lines().filter(|line| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with([' ', '{']))
            && with.iter().all(|part| line.contains(part))
    });
    let values = samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    values.sum::<f64>() as u64
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn samples_are_summed_by_name_and_labels() {
        let page = "a_total 3\na_total_b 5\nb{x=\"1\",y=\"2\"} 4\nb{x=\"2\",y=\"2\"} 6\n";
        assert_eq!(sum(page, "a_total", &[]), 3);
        assert_eq!(sum(page, "b", &["y=\"2\""]), 10);
        assert_eq!(sum(page, "b", &["x=\"2\""]), 6);
    }
}
