//! What arrived, beside what was fired.

use std::collections::HashMap;

/// How many threads of a program fire.
pub(crate) const THREADS: u64 = 2;
/// Numbers of one thread in one run.
pub(crate) const OF_THREAD: u64 = 1_000_000_000;
/// Numbers of one run.
pub(crate) const OF_RUN: u64 = OF_THREAD * THREADS;

/// The numbers of each thread of each run.
#[derive(Default)]
pub(crate) struct Arrived {
    threads: HashMap<(u64, u64), Thread>,
    has_an_order: bool,
}

/// What arrived of one thread.
#[derive(Default)]
struct Thread {
    /// In order of the first arrival.
    numbers: Vec<u64>,
    again: u64,
    /// The first that came after a later one, and that.
    late: Option<(u64, u64)>,
}

impl Arrived {
    pub(crate) fn new(numbers: &[u64], has_an_order: bool) -> Self {
        let mut arrived = Self {
            has_an_order,
            ..Self::default()
        };
        let mut seen = std::collections::HashSet::with_capacity(numbers.len());
        for number in numbers {
            let thread = (number / OF_RUN, number % OF_RUN / OF_THREAD);
            let thread = arrived.threads.entry(thread).or_default();
            let count = number % OF_THREAD;
            if !seen.insert(*number) {
                thread.again += 1;
                continue;
            }
            if let Some(last) = thread.numbers.last().filter(|last| **last > count) {
                thread.late.get_or_insert((count, *last));
            }
            thread.numbers.push(count);
        }
        arrived
    }

    /// How many different records of a run arrived.
    pub(crate) fn different(&self, run: u64) -> u64 {
        let threads = (0..THREADS).filter_map(|thread| self.threads.get(&(run, thread)));
        threads.map(|thread| thread.numbers.len() as u64).sum()
    }

    /// How many came that had come before.
    pub(crate) fn again(&self, run: u64) -> u64 {
        let threads = (0..THREADS).filter_map(|thread| self.threads.get(&(run, thread)));
        threads.map(|thread| thread.again).sum()
    }

    /// Whether those of each thread came in order.
    pub(crate) fn in_order(&self, run: u64) -> Result<(), String> {
        for thread in (0..THREADS).filter(|_| self.has_an_order) {
            let late = self
                .threads
                .get(&(run, thread))
                .and_then(|thread| thread.late);
            if let Some((late, after)) = late {
                let what =
                    format!("record {late} of thread {thread} of run {run} came after {after}");
                return Err(what);
            }
        }
        Ok(())
    }

    /// Whether all of a thread up to this number came; it is the first that did not that is told.
    pub(crate) fn whole(&self, run: u64, thread: u64, accepted: u64) -> Result<(), String> {
        let mut numbers = self
            .threads
            .get(&(run, thread))
            .map(|thread| thread.numbers.clone())
            .unwrap_or_default();
        numbers.sort_unstable();
        let there = numbers.iter().enumerate();
        let whole = there
            .take_while(|(at, number)| *at as u64 == **number)
            .count() as u64;
        if whole >= accepted {
            return Ok(());
        }
        Err(format!(
            "run {run}, thread {thread}: {accepted} were accepted, record {whole} did not arrive, {} did",
            numbers.len()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_a_repeat_and_another_order_are_told_apart() {
        let of = |counts: &[u64]| {
            let numbers: Vec<u64> = counts
                .iter()
                .map(|count| OF_RUN + OF_THREAD + count)
                .collect();
            Arrived::new(&numbers, true)
        };
        let all = of(&[0, 1, 2]);
        assert_eq!((all.different(1), all.again(1)), (3, 0));
        assert_eq!(all.whole(1, 1, 3), Ok(()));
        assert!(all.whole(1, 1, 4).is_err());
        assert!(all.whole(0, 1, 1).is_err());
        let again = of(&[0, 1, 0, 1, 2]);
        assert_eq!((again.different(1), again.again(1)), (3, 2));
        assert_eq!(again.in_order(1), Ok(()));
        assert!(of(&[0, 2, 1]).in_order(1).is_err());
        assert!(of(&[0, 2]).whole(1, 1, 2).is_err());
    }
}
