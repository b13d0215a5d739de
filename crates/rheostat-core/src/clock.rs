//! Time: cheap stamps, what they mean on the wall, and the clock of deadlines.
//!
//! A stamp is read from the processor's counter where there is one. Everything
//! that decides by time asks the clock it was given, so tests move theirs by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment, in nanoseconds since its clock was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stamp(pub u64);

impl Stamp {
    /// Nanoseconds since an earlier moment; 0 if it is not earlier.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Where stamps come from. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    /// Nanoseconds since the Unix epoch at stamp 0.
    anchor: u64,
}

#[derive(Clone, Debug)]
enum Source {
    System {
        clock: quanta::Clock,
        start: u64,
        boot_at_start: u64,
    },
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        let clock = quanta::Clock::new();
        let start = clock.raw();
        let anchor = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, nanos);
        let source = Source::System {
            clock,
            start,
            boot_at_start: boot(),
        };
        Self { source, anchor }
    }

    /// A clock that stands still until [`advance`](Self::advance) moves it; it starts at this many
    /// nanoseconds since the Unix epoch.
    pub fn manual(wall: u64) -> Self {
        Self {
            source: Source::Manual(Arc::default()),
            anchor: wall,
        }
    }

    /// Moves a manual clock; the system's clock moves by itself.
    pub fn advance(&self, by: Duration) {
        match &self.source {
            Source::Manual(now) => {
                now.fetch_add(nanos(by), Ordering::SeqCst);
            }
            Source::System { .. } => {}
        }
    }

    /// The present moment.
    #[inline]
    pub fn now(&self) -> Stamp {
        match &self.source {
            Source::System { clock, start, .. } => Stamp(clock.delta_as_nanos(*start, clock.raw())),
            Source::Manual(now) => Stamp(now.load(Ordering::SeqCst)),
        }
    }

    /// A moment in nanoseconds since the Unix epoch, as the wall clock stood when this clock was made.
    pub fn wall(&self, stamp: Stamp) -> u64 {
        self.anchor.saturating_add(stamp.0)
    }

    /// What the wall clock says now, in nanoseconds since the Unix epoch: it may have been set since.
    pub fn wall_now(&self) -> u64 {
        match &self.source {
            Source::System { .. } => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, nanos),
            Source::Manual(_) => self.wall(self.now()),
        }
    }

    /// Nanoseconds on a clock that goes on while the machine sleeps and that nobody sets.
    pub fn boot_now(&self) -> u64 {
        match &self.source {
            Source::System { boot_at_start, .. } => boot().saturating_sub(*boot_at_start),
            Source::Manual(now) => now.load(Ordering::SeqCst),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(target_os = "linux")]
fn boot() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    seconds
        .saturating_mul(1_000_000_000)
        .saturating_add(u64::try_from(now.tv_nsec).unwrap_or(0))
}

#[cfg(not(target_os = "linux"))]
fn boot() -> u64 {
    // No clock here counts sleep everywhere; the monotonic one is the nearest.
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    nanos(START.get_or_init(std::time::Instant::now).elapsed())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Clock;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let clock = Clock::manual(1_000);
        let first = clock.now();
        assert_eq!(clock.now(), first);
        clock.advance(Duration::from_nanos(5));
        assert_eq!(clock.now().since(first), 5);
        assert_eq!(clock.wall(clock.now()), 1_005);
        assert_eq!(clock.boot_now(), 5);
    }

    #[test]
    fn the_system_clock_never_goes_back() {
        let clock = Clock::system();
        let first = clock.now();
        assert!(clock.now() >= first);
        assert!(clock.wall(first) > 1_500_000_000_000_000_000);
    }
}
