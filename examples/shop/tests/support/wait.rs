//! Waiting for something to become true, at most so long.

use std::time::{Duration, Instant};

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks again and again until there is an answer; says what was waited for if
/// there never is one.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {} s in vain for {what}",
            PATIENCE.as_secs()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
