//! How much of what holds passes: `sample`, `every`, `rate`, in this order.
//!
//! A record that passes carries a weight: how many records it stands for. What
//! did not pass is counted by its cause. Nothing here takes a lock.

mod every;
mod keys;
mod limiter;
mod random;
mod rate;
#[cfg(test)]
mod tests;

pub(crate) use limiter::{KeyHashes, Limiter, Verdict, most_bytes};
pub use random::seed as seed_sampling_of_this_thread;
