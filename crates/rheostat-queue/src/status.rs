//! What the queues tell about themselves.

use std::fmt;
use std::sync::Arc;

/// How one sink is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkStatus {
    /// Its name.
    pub sink: Arc<str>,
    /// Whether the last attempt went well, or there was none yet.
    pub up: bool,
    /// Records that wait, those being delivered included.
    pub records: usize,
    /// Their memory in bytes.
    pub bytes: usize,
    /// How many attempts failed.
    pub failures: u64,
    /// Their disk space in bytes.
    pub disk_bytes: u64,
    /// Whether *delivered* is the destination's own word, not only that of the system or the connection.
    pub acknowledges: bool,
    /// How many points of metrics it refused for good.
    pub points_refused: u64,
    /// What was in the way last.
    pub last_failure: Option<String>,
}

/// What was left when a wait ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlushReport {
    /// Sinks with records that were neither delivered nor dropped, and how many.
    pub waiting: Vec<(Arc<str>, usize)>,
    /// Sinks that had records and whose last attempt failed: what they had is counted as dropped.
    pub troubled: Vec<Arc<str>>,
}

impl FlushReport {
    /// Whether everything was delivered.
    pub fn is_complete(&self) -> bool {
        self.waiting.is_empty() && self.troubled.is_empty()
    }
}

/// `12 records still wait for `lake`; what `tape` had was dropped and counted`
impl fmt::Display for FlushReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_complete() {
            return f.write_str("everything was delivered");
        }
        let waiting = self.waiting.iter().map(|(sink, records)| match records {
            1 => format!("1 record still waits for `{sink}`"),
            records => format!("{records} records still wait for `{sink}`"),
        });
        let dropped = |sink: &Arc<str>| format!("what `{sink}` had was dropped and counted");
        let parts: Vec<String> = waiting.chain(self.troubled.iter().map(dropped)).collect();
        f.write_str(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_as_a_sentence() {
        let mut report = FlushReport::default();
        assert_eq!(report.to_string(), "everything was delivered");
        report.waiting = vec![("lake".into(), 12), ("pipe".into(), 1)];
        report.troubled = vec!["tape".into()];
        assert_eq!(
            report.to_string(),
            "12 records still wait for `lake`; 1 record still waits for `pipe`; what `tape` had was \
             dropped and counted"
        );
    }
}
