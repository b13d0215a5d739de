//! Load from eight threads while policies come and go: not one count is missing or doubled.
//!
//! `RHEOSTAT_SOAK_SECONDS` says for how long (CI: 20).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rheostat_core::engine::Engine;
use rheostat_core::mount::{Root, layer};
use rheostat_testkit::{Kit, Mount, Outputs};
use tracing_core::Dispatch;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

const THREADS: u64 = 8;
const BETWEEN_RELOADS: Duration = Duration::from_millis(50);
/// What both policies count.
pub(crate) const SHARED: &str = r#"
version = 1

[[rules]]
name = "steps"
match = { target = "load", event = "*" }
count = { metric = "steps_total", labels = ["worker", "tenant"] }

[[rules]]
name = "amounts"
match = { target = "load", event = "*" }
where = "amount >= 0"
count = { metric = "amounts_total", of = "amount" }
histogram = { metric = "amount_sizes", of = "amount" }

[[rules]]
name = "jobs"
match = { target = "load", span = "job" }
count = { metric = "jobs_total", labels = ["tenant"] }
histogram = { metric = "job_seconds", of = "@duration" }
gauge = { metric = "jobs_open", of = "@open" }
"#;

/// What only one of them does, so that callsites change their plans.
pub(crate) const ONE: &str = r#"
[[rules]]
name = "one"
match = { target = "load", event = "*" }
where = "amount > 5"
count = { metric = "one_total", labels = ["amount"] }
"#;

pub(crate) const OTHER: &str = r#"
[[rules]]
name = "other"
match = [{ target = "load::other", event = "*" }, { target = "load", span = "job" }]
count = { metric = "other_total" }
"#;

/// What the threads did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) steps: [AtomicU64; THREADS as usize],
    amounts: AtomicU64,
    jobs: AtomicU64,
}

/// Installs the engine for the process in a mount, and loads it.
pub(crate) fn exact_under_load(mount: Mount) {
    let seconds = std::env::var("RHEOSTAT_SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let kit = installed(mount);
    let (done, over) = (Arc::new(Done::default()), Arc::new(AtomicBool::new(false)));
    let workers: Vec<_> = (0..THREADS)
        .map(|worker| {
            let (done, over) = (done.clone(), over.clone());
            std::thread::spawn(move || work(worker, &done, &over))
        })
        .collect();
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(3));
    let mut reloads = 0_u32;
    while Instant::now() < until {
        std::thread::sleep(BETWEEN_RELOADS);
        reloads += 1;
        let more = if reloads.is_multiple_of(2) {
            ONE
        } else {
            OTHER
        };
        kit.must_apply(&format!("{SHARED}{more}"));
        kit.engine().tick();
    }
    over.store(true, Ordering::Relaxed);
    workers
        .into_iter()
        .for_each(|worker| worker.join().expect("no worker panics"));
    assert!(reloads > 10, "{reloads} reloads");
    assert_exact(&kit, &done);
    assert_nothing_left(&kit);
}

pub(crate) fn installed(mount: Mount) -> Kit {
    let kit = Kit::new([]);
    kit.must_apply(&format!("{SHARED}{OTHER}"));
    let dispatch = dispatch(mount, kit.engine().clone());
    tracing_core::dispatcher::set_global_default(dispatch).expect("nothing is installed yet");
    kit.engine().installed();
    kit
}

/// The mounts as programs have them: with `fmt` and an `EnvFilter` where there is room for others.
fn dispatch(mount: Mount, engine: Arc<Engine<Outputs>>) -> Dispatch {
    let filter = EnvFilter::new("warn,load=info");
    let sink = std::io::sink;
    match mount {
        Mount::Subscriber => Dispatch::new(Root::subscriber(engine)),
        Mount::Over => {
            let lines = fmt::layer().with_writer(sink);
            Dispatch::new(Root::over(engine, registry().with(lines).with(filter)))
        }
        Mount::Layer => {
            let lines = fmt::layer().with_writer(sink).with_filter(filter);
            Dispatch::new(registry().with(layer(engine)).with(lines))
        }
    }
}

pub(crate) fn work(worker: u64, done: &Done, over: &AtomicBool) {
    let mut step = 0_u64;
    while !over.load(Ordering::Relaxed) {
        let tenant = if step.is_multiple_of(3) {
            "acme"
        } else {
            "zeta"
        };
        let amount = step % 10;
        if step.is_multiple_of(4) {
            let job = tracing::info_span!(target: "load", "job", tenant, id = step);
            job.in_scope(|| tracing::debug!(target: "load", worker, tenant, amount, "in a job"));
            done.jobs.fetch_add(1, Ordering::Relaxed);
        } else {
            tracing::info!(target: "load", worker, tenant, amount, "a step");
        }
        tracing::trace!(target: "load::other", "for one policy alone");
        done.steps[worker as usize].fetch_add(1, Ordering::Relaxed);
        done.amounts.fetch_add(amount, Ordering::Relaxed);
        step += 1;
    }
}

fn assert_exact(kit: &Kit, done: &Done) {
    let metrics = kit.metrics();
    let sum =
        |name: &str, labels: &[(&str, &str)]| metrics.number(name, labels).unwrap_or(0.0) as u64;
    for (worker, steps) in done.steps.iter().enumerate() {
        let of = |tenant| {
            sum(
                "steps_total",
                &[("worker", &worker.to_string()), ("tenant", tenant)],
            )
        };
        assert_eq!(
            of("acme") + of("zeta"),
            steps.load(Ordering::Relaxed),
            "steps of {worker}"
        );
    }
    let steps: u64 = done
        .steps
        .iter()
        .map(|steps| steps.load(Ordering::Relaxed))
        .sum();
    let (amounts, jobs) = (
        done.amounts.load(Ordering::Relaxed),
        done.jobs.load(Ordering::Relaxed),
    );
    assert!(
        steps > 1_000,
        "the load is too small to say anything: {steps} steps"
    );
    assert_eq!(sum("amounts_total", &[]), amounts);
    let of = |tenant| sum("jobs_total", &[("tenant", tenant)]);
    assert_eq!(of("acme") + of("zeta"), jobs);
    let count = |name: &str| match metrics.family(name).and_then(|family| family.find(&[])) {
        Some(series) => match &series.value {
            rheostat_metrics::Value::Histogram(histogram) => (histogram.count(), histogram.sum),
            _ => panic!("`{name}` is a histogram"),
        },
        None => panic!("`{name}` has no series"),
    };
    assert_eq!(count("amount_sizes"), (steps, amounts as f64));
    assert_eq!(count("job_seconds").0, jobs);
    assert_eq!(metrics.number("jobs_open", &[]), Some(0.0));
}

pub(crate) fn assert_nothing_left(kit: &Kit) {
    kit.engine().tick();
    kit.engine().tick();
    let status = kit.engine().status();
    assert_eq!((status.open_spans, status.unfreed_tables), (0, 0));
}
