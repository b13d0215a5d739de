//! `every` and `rate`, one clock and one map per limiter. (`sample` is chance: tested elsewhere.)

use std::collections::HashMap;
use std::time::Duration;

use rheostat_policy::model::Limits;

/// What the limiters of one action remember, by key.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    every: HashMap<Vec<String>, Every>,
    rate: HashMap<Vec<String>, Bucket>,
}

#[derive(Debug, Default)]
struct Every {
    passed: Option<i128>,
    suppressed: f64,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: i128,
    suppressed: f64,
}

/// The keys of a record, one per limiter.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    pub(crate) every: Vec<String>,
    pub(crate) rate: Vec<String>,
}

impl Memory {
    /// The weight of what passes, or what became of the record. What does not pass leaves what it stands for
    /// with the limiter that suppressed it, for the next one that this lets through: so weights sum.
    pub(crate) fn pass(
        &mut self,
        limits: &Limits,
        keys: Keys,
        now: i128,
    ) -> Result<f64, &'static str> {
        let mut weight = 1.0;
        if let Some(limit) = &limits.every {
            let memory = self.every.entry(keys.every).or_default();
            if memory
                .passed
                .is_some_and(|passed| now - passed < nanoseconds(limit.period))
            {
                memory.suppressed += weight;
                return Err("sampled_out");
            }
            weight += memory.suppressed;
            *memory = Every {
                passed: Some(now),
                suppressed: 0.0,
            };
        }
        if let Some(limit) = &limits.rate {
            let full = Bucket {
                tokens: limit.burst,
                filled: now,
                suppressed: 0.0,
            };
            let bucket = self.rate.entry(keys.rate).or_insert(full);
            let passed = (now - bucket.filled) as f64 / 1e9;
            bucket.tokens = (bucket.tokens + passed * limit.per_second).min(limit.burst);
            bucket.filled = now;
            if bucket.tokens < 1.0 {
                bucket.suppressed += weight;
                return Err("rate_limited");
            }
            bucket.tokens -= 1.0;
            weight += bucket.suppressed;
            bucket.suppressed = 0.0;
        }
        Ok(weight)
    }
}

fn nanoseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}
