//! Load from eight threads while policies come and go: not one count is missing or doubled.
//!
//! `RHEOSTAT_SOAK_SECONDS` says for how long (CI: 20).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rheostat_core::engine::Engine;
use rheostat_core::mount::{Root, layer};
use rheostat_testkit::{Kit, Mount, Outputs};
use tracing_core::Dispatch;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

const THREADS: u64 = 8;
const BETWEEN_RELOADS: Duration = Duration::from_millis(50);
/// Reloads across which one reader stays inside a `Debug`.
const PARKED_ACROSS: u32 = 100;

/// What both policies count.
const SHARED: &str = r#"
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
const ONE: &str = r#"
[[rules]]
name = "one"
match = { target = "load", event = "*" }
where = "amount > 5"
count = { metric = "one_total", labels = ["amount"] }
"#;

const OTHER: &str = r#"
[[rules]]
name = "other"
match = [{ target = "load::other", event = "*" }, { target = "load", span = "job" }]
count = { metric = "other_total" }
"#;

/// What the threads did.
#[derive(Debug, Default)]
struct Done {
    steps: [AtomicU64; THREADS as usize],
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

/// A reader stays inside a `Debug` across a hundred reloads, while others go on.
pub(crate) fn parked_in_a_debug(mount: Mount) {
    let kit = installed(mount);
    rheostat_core::internal::set_notice_hook(Some(Arc::new(|_| {})));
    let gate = Arc::new(Gate::default());
    let parked = {
        let gate = gate.clone();
        std::thread::spawn(
            move || tracing::info!(target: "load", worker = 0, tenant = ?Parked(&gate), amount = 1),
        )
    };
    gate.wait_for_the_reader();
    let (done, over) = (Arc::new(Done::default()), Arc::new(AtomicBool::new(false)));
    let worker = {
        let (done, over) = (done.clone(), over.clone());
        std::thread::spawn(move || work(1, &done, &over))
    };
    for reload in 0..PARKED_ACROSS {
        let more = if reload.is_multiple_of(2) { ONE } else { OTHER };
        kit.must_apply(&format!("{SHARED}{more}"));
    }
    assert!(
        kit.engine().status().unfreed_tables > 0,
        "the reader holds a table"
    );
    gate.open();
    parked.join().expect("the reader does not panic");
    over.store(true, Ordering::Relaxed);
    worker.join().expect("no worker panics");
    let steps = kit.counter("steps_total", &[("worker", "0"), ("tenant", "parked")]);
    assert_eq!(steps, 1, "the record of the reader counts once");
    let own = done.steps[1].load(Ordering::Relaxed);
    let sum: u64 = ["acme", "zeta"]
        .iter()
        .map(|tenant| kit.counter("steps_total", &[("worker", "1"), ("tenant", tenant)]))
        .sum();
    assert_eq!(sum, own);
    assert_nothing_left(&kit);
}

fn installed(mount: Mount) -> Kit {
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

fn work(worker: u64, done: &Done, over: &AtomicBool) {
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

fn assert_nothing_left(kit: &Kit) {
    kit.engine().tick();
    kit.engine().tick();
    let status = kit.engine().status();
    assert_eq!((status.open_spans, status.unfreed_tables), (0, 0));
}

/// Where the reader and the test meet.
#[derive(Debug, Default)]
struct Gate {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut (bool, bool))) {
        change(&mut self.state.lock().expect("nobody panics with it"));
        self.changed.notify_all();
    }

    fn wait(&self, until: impl Fn(&(bool, bool)) -> bool) {
        let limit = Duration::from_secs(120);
        let state = self.state.lock().expect("nobody panics with it");
        let waited = self
            .changed
            .wait_timeout_while(state, limit, |state| !until(state));
        let timed_out = waited.expect("nobody panics with it").1.timed_out();
        assert!(!timed_out, "nothing happened for {limit:?}");
    }

    fn wait_for_the_reader(&self) {
        self.wait(|(inside, _)| *inside);
    }

    fn open(&self) {
        self.change(|(_, open)| *open = true);
    }
}

/// Says when it is formatted, and then waits.
struct Parked<'g>(&'g Gate);

impl std::fmt::Debug for Parked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.change(|(inside, _)| *inside = true);
        self.0.wait(|(_, open)| *open);
        f.write_str("parked")
    }
}
