//! What came of a fault: what the program says of itself, and what is there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::compare::Arrived;
use crate::fault::Fault;
use crate::place::Says;
use crate::trial::{Stand, WAITS};

/// What else may grow: batches as they are sent, what libraries keep, what an allocator does not give back.
const BESIDE: u64 = 16 << 20;

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many records were fired, or events counted.
    pub offered: u64,
    /// How many were delivered, as the program's ledger says; for metrics, how many the server has.
    pub delivered: u64,
    /// How many were lost, by the ledger's causes.
    pub lost: BTreeMap<String, u64>,
    /// How many were delivered and are not there.
    pub missing: u64,
    /// How many came more than once.
    pub again: u64,
    /// What else there is to say.
    pub note: String,
    /// What does not hold.
    pub wrong: Vec<String>,
}

impl Stand<'_> {
    pub(crate) fn judge(&mut self, fault: Fault, run: u64, status: &Value, outcome: &mut Outcome) {
        let number = |name: &str| status[name].as_u64().unwrap_or(0);
        outcome.offered = number("fired");
        let mut wrong = Vec::new();
        if self.subject.metrics {
            let counted = until_still(|| self.place.counted(run), outcome.offered);
            outcome.delivered = counted;
            outcome.missing = outcome.offered.saturating_sub(counted);
            if counted > outcome.offered {
                wrong.push(format!("{counted} are counted there"));
            }
            if number("points_refused") > 0 {
                wrong.push(format!("{} points are refused", number("points_refused")));
            }
        } else {
            outcome.delivered = number("delivered");
            let losses = status["losses"].as_object().into_iter().flatten();
            outcome.lost = losses
                .map(|(cause, records)| (cause.clone(), records.as_u64().unwrap_or(0)))
                .collect();
            let lost: u64 = outcome.lost.values().sum();
            if outcome.delivered + lost != outcome.offered || number("queued") > 0 {
                wrong.push(format!("the ledger does not sum: {status}"));
            }
            let gone = self.place.thrown_away();
            let expected = outcome.delivered;
            let arrived = until_still(
                || Arrived::new(&self.place.arrived(), true).different(run) + gone,
                expected,
            );
            let there = Arrived::new(&self.place.arrived(), self.place.has_an_order());
            outcome.missing = expected.saturating_sub(arrived);
            outcome.again = there.again(run);
            if there.different(run) > expected {
                let there = there.different(run);
                wrong.push(format!("{there} are there, more than were delivered"));
            }
            wrong.extend(there.in_order(run).err());
        }
        let may_miss = self.subject.says != Says::Server && fault.breaks_connections();
        if outcome.missing > 0 && !may_miss {
            wrong.push(format!("{} are not there", outcome.missing));
        }
        let bound = WAITS + number("rings") + BESIDE;
        if number("grown") > bound {
            wrong.push(format!(
                "memory grew by {} bytes, of {bound}",
                number("grown")
            ));
        }
        if fault == Fault::Hung && !self.subject.metrics {
            outcome.note = format!("memory grew by {} MB", number("grown") >> 20);
        }
        outcome.wrong.extend(wrong);
    }
}

/// Asks until it is what was expected, or has not changed for a while: some are told of what they took only later.
fn until_still(mut ask: impl FnMut() -> u64, expected: u64) -> u64 {
    let (mut last, mut since) = (ask(), Instant::now());
    while last != expected && since.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(50));
        let now = ask();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    last
}
