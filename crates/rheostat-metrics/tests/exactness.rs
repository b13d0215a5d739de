//! Counts are exact, from every thread, however many come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rheostat_metrics::{Bounds, Identity, ManualClock, Metric, Registry, Settings};

fn metric(registry: &Registry, identity: Identity, settings: Settings) -> Metric {
    let metric = registry.prepare(&identity, &settings);
    registry.apply([(metric.clone(), settings)]);
    metric
}

#[test]
fn many_more_threads_than_banks_lose_no_count() {
    let registry = Registry::with(2, ManualClock::new());
    let counter = metric(
        &registry,
        Identity::counter("hits_total", &["parity"]),
        Settings::default(),
    );
    for _round in 0..20 {
        thread::scope(|scope| {
            for number in 0..16 {
                let (registry, counter) = (&registry, &counter);
                scope.spawn(move || {
                    let mut labels = registry.labels();
                    labels.push(if number % 2 == 0 { "even" } else { "odd" });
                    for _ in 0..1_000 {
                        counter.add(&labels, 1);
                    }
                });
            }
        });
    }
    let snapshot = registry.snapshot();
    for parity in ["even", "odd"] {
        assert_eq!(
            snapshot.number("hits_total", &[("parity", parity)]),
            Some(160_000.0)
        );
    }
}

#[test]
fn a_histogram_counts_every_value_in_both_of_its_bucketings() {
    let registry = Registry::with(2, ManualClock::new());
    let histogram = metric(
        &registry,
        Identity::histogram("size", &[], Bounds::Exponential(Arc::new([1.0, 10.0]))),
        Settings::default(),
    );
    let labels = registry.labels();
    let handle = histogram.handle(&labels).expect("there is room");
    thread::scope(|scope| {
        for thread in 0..8 {
            let handle = handle.clone();
            scope.spawn(move || {
                for step in 0..5_000 {
                    let value = f64::from(step * 8 + thread) / 1_000.0;
                    handle.record(value).expect("finite");
                }
            });
        }
    });
    let snapshot = registry.snapshot();
    let family = snapshot.family("size").expect("shown");
    let rheostat_metrics::Value::Histogram(value) = &family.series[0].value else {
        panic!("not a histogram");
    };
    assert_eq!(value.counts, [1_001, 9_000, 29_999]);
    assert_eq!(
        value.native.as_ref().map(|native| native.count()),
        Some(40_000)
    );
    let sum: f64 = (0..40_000).map(|n| f64::from(n) / 1_000.0).sum();
    assert!((value.sum - sum).abs() < 1e-6 * sum, "{} {sum}", value.sum);
}

#[test]
fn a_count_made_while_a_thread_ends_is_kept() {
    struct Late(Metric);
    impl Drop for Late {
        fn drop(&mut self) {
            self.0.add(&rheostat_metrics::LabelBuffer::new(128), 1);
        }
    }
    thread_local! {
        static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) };
    }
    let registry = Registry::with(4, ManualClock::new());
    let counter = metric(
        &registry,
        Identity::counter("late_total", &[]),
        Settings::default(),
    );
    for _ in 0..10 {
        let counter = counter.clone();
        let ended = thread::spawn(move || {
            LATE.with(|late| *late.borrow_mut() = Some(Late(counter.clone())));
            // The lease's own destructor is registered after, and so runs before, the other one.
            counter.add(&rheostat_metrics::LabelBuffer::new(128), 1);
        });
        ended.join().expect("the thread ends well");
    }
    assert_eq!(registry.snapshot().number("late_total", &[]), Some(20.0));
}

#[test]
fn no_counter_goes_down_while_threads_come_and_go() {
    let registry = Registry::with(2, ManualClock::new());
    let counter = metric(
        &registry,
        Identity::counter("up_total", &[]),
        Settings::default(),
    );
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..50 {
                thread::scope(|inner| {
                    for _ in 0..6 {
                        inner.spawn(|| {
                            let labels = registry.labels();
                            (0..200).for_each(|_| counter.add(&labels, 1));
                        });
                    }
                });
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut before = 0.0;
        while !done.load(Ordering::SeqCst) {
            let now = registry.snapshot().number("up_total", &[]).unwrap_or(0.0);
            assert!(now >= before, "{before} then {now}");
            before = now;
        }
    });
    assert_eq!(registry.snapshot().number("up_total", &[]), Some(60_000.0));
}
