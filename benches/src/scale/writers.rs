//! Threads that count while somebody reads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rheostat_metrics::{Format, ManualClock};

use super::series::{labels, registry};

const WRITERS: usize = 8;
const FOR: Duration = Duration::from_millis(1_500);

pub(super) fn alone(series: usize) -> Result<f64, String> {
    counted(series, None)
}

pub(super) fn beside_a_spinner(series: usize) -> Result<f64, String> {
    counted(series, Some(|_| std::hint::spin_loop()))
}

pub(super) fn while_scraped(series: usize) -> Result<f64, String> {
    counted(
        series,
        Some(|registry| {
            std::hint::black_box(Format::Text.render(&registry.snapshot()).len());
        }),
    )
}

/// Million events a second, each to a series of its own labels, and each of them found afterwards.
fn counted(series: usize, beside: Option<fn(&rheostat_metrics::Registry)>) -> Result<f64, String> {
    let (registry, metric) = registry(series, ManualClock::default());
    let (over, all) = (AtomicBool::new(false), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (registry, metric, over, all) = (&registry, &metric, &over, &all);
            scope.spawn(move || {
                let mine: Vec<_> = (0..64)
                    .map(|nth| labels(registry, (writer + nth * WRITERS) % series))
                    .collect();
                let mut done = 0;
                while !over.load(Ordering::Relaxed) {
                    mine.iter().for_each(|labels| metric.add(labels, 1));
                    done += mine.len() as u64;
                }
                all.fetch_add(done, Ordering::Relaxed);
            });
        }
        if let Some(beside) = beside {
            let (registry, over) = (&registry, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    beside(registry);
                }
            });
        }
        std::thread::sleep(FOR);
        over.store(true, Ordering::Relaxed);
    });
    let (took, fired) = (begun.elapsed(), all.into_inner());
    let page = registry.snapshot();
    let family = page.family("requests_total").ok_or("the metric is gone")?;
    let sum: f64 = family
        .series
        .iter()
        .map(|series| series.value.number())
        .sum();
    if sum as u64 != fired + series as u64 {
        return Err(format!("{fired} were counted and {sum} are there"));
    }
    Ok(fired as f64 / took.as_secs_f64() / 1e6)
}
