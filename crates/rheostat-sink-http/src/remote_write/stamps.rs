//! Times that only go up.
//!
//! A receiver refuses a sample that is not younger than the one before of the
//! same series. Two reports may fall into one millisecond, and clocks are set
//! back; then a report gets the millisecond after the last one.

/// When reports are said to have been made.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    /// The moment of the last report, in nanoseconds, and the stamp it got.
    last: Option<(u64, i64)>,
    /// The moment before that one.
    before: u64,
}

impl Stamps {
    /// The stamp of a moment, in milliseconds: the same for all reports of one moment.
    pub(super) fn of(&mut self, moment: u64) -> i64 {
        let millis = i64::try_from(moment / 1_000_000).unwrap_or(i64::MAX);
        let stamp = match self.last {
            Some((last, stamp)) if last == moment => return stamp,
            Some((last, stamp)) => {
                self.before = last;
                millis.max(stamp + 1)
            }
            None => millis,
        };
        self.last = Some((moment, stamp));
        stamp
    }

    /// The moment before the last one: what is older was told already.
    pub(super) fn before(&self) -> u64 {
        self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_younger_than_the_one_before_whatever_the_clock_says() {
        let mut stamps = Stamps::default();
        assert_eq!(stamps.of(5_000_000), 5);
        assert_eq!(stamps.of(5_000_000), 5, "the same moment");
        assert_eq!(stamps.of(5_000_001), 6, "the same millisecond");
        assert_eq!(stamps.of(3_000_000), 7, "a clock that was set back");
        assert_eq!(stamps.of(90_000_000), 90);
        assert_eq!(stamps.before(), 3_000_000);
    }
}
