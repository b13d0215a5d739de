//! Expiry under load, with an account of what went.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{Family, Maker};
use crate::bank::Storage;
use crate::clock::{Clock, ManualClock};
use crate::grace;
use crate::series::LabelBuffer;
use crate::spec::{Identity, Settings};

fn write_until(stop: &AtomicBool, family: &Family, mut step: usize) -> u64 {
    let mut made = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut labels = LabelBuffer::new(128);
        labels.push_with(|value| write!(value, "{}", step % 8));
        family.with(&labels, |series| series.add(1));
        made += 1;
        step += 3;
    }
    made
}

#[test]
fn no_count_is_lost_or_doubled_while_series_expire_and_return() {
    grace::prepare();
    let clock = Arc::new(ManualClock::new());
    let time: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
    let settings = Settings {
        expire: Some(Duration::from_millis(1)),
        max_series: 6,
        ..Settings::default()
    };
    let storage = Arc::new(Storage::new(2));
    let family = Family::new(
        Identity::counter("c_total", &["n"]),
        settings,
        Maker::Native,
        &storage,
        &time,
    );
    let stop = AtomicBool::new(false);
    let made: u64 = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (stop, family) = (&stop, &family);
                scope.spawn(move || write_until(stop, family, writer))
            })
            .collect();
        let departed = || family.lock().map_or(0, |inner| inner.departed);
        let mut rounds = 0;
        // Until many series have gone while others wrote to them.
        while rounds < 3_000 || departed() == 0 {
            clock.advance(Duration::from_millis(1));
            family.upkeep();
            rounds += 1;
        }
        stop.store(true, Ordering::Relaxed);
        writers
            .into_iter()
            .map(|writer| writer.join().expect("a writer does not panic"))
            .sum()
    });
    let inner = family.lock().expect("nobody forked");
    let limbo = inner.limbo.iter().flat_map(|limbo| limbo.series.values());
    let kept = inner.all.iter().chain(limbo.map(|(series, _)| series));
    let kept: u64 = kept.map(|series| series.amounts().0).sum();
    assert_eq!(kept + inner.departed, made);
    assert_eq!(family.lost(), 0);
}
