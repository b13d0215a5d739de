//! One behaviour on every mount, under a global and a scoped subscriber, with one and two
//! dispatchers: each in a process of its own, because a global subscriber is for ever.

use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rheostat_core::engine::Engine;
use rheostat_core::mount::{Root, layer};
use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, Registry, registry};

use super::{Neighbour, Telling, World};

/// A mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mount {
    /// The root alone.
    Subscriber,
    /// The root around a Registry with a neighbour.
    Over,
    /// A layer beside a neighbour.
    Layer,
}

/// How the program stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// The mount.
    pub(crate) mount: Mount,
    /// Whether the subscriber is the global default, or the thread's.
    pub(crate) global: bool,
    /// Whether another dispatcher is alive.
    pub(crate) second_dispatcher: bool,
}

const MOUNTS: [(&str, Mount); 3] = [
    ("subscriber", Mount::Subscriber),
    ("over", Mount::Over),
    ("layer", Mount::Layer),
];

const CASE: &str = "RHEOSTAT_TEST_CASE";
const LIMIT: Duration = Duration::from_secs(90);

impl Case {
    fn all() -> impl Iterator<Item = (String, Self)> {
        MOUNTS.into_iter().flat_map(|(name, mount)| {
            [(true, false), (false, false), (true, true), (false, true)]
                .into_iter()
                .map(move |(global, second_dispatcher)| {
                    let scope = if global { "global" } else { "scoped" };
                    let count = if second_dispatcher { "two" } else { "one" };
                    let case = Self {
                        mount,
                        global,
                        second_dispatcher,
                    };
                    (format!("{name}/{scope}/{count}"), case)
                })
        })
    }
}

/// Runs a test, by its own name, once for every case.
pub(crate) fn everywhere(name: &str, body: impl Fn(Case, &World)) {
    on(name, |_| true, body);
}

/// Runs a test, by its own name, once for every case that is asked for.
pub(crate) fn on(name: &str, asked: impl Fn(Case) -> bool, body: impl Fn(Case, &World)) {
    if let Ok(wanted) = std::env::var(CASE) {
        if let Some((_, case)) = Case::all().find(|(name, _)| *name == wanted) {
            run(case, body);
        }
        return;
    }
    for (label, _) in Case::all().filter(|(_, case)| asked(*case)) {
        let this = std::env::current_exe().expect("a test knows its own program");
        let child = Command::new(this)
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(CASE, &label)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a test can start itself");
        let child = finish(child, &label);
        let shown = || {
            let out = String::from_utf8_lossy(&child.stdout);
            let err = String::from_utf8_lossy(&child.stderr);
            format!("{label}: {}\n{out}\n{err}", child.status)
        };
        assert!(child.status.success(), "{}", shown());
        let ran = String::from_utf8_lossy(&child.stdout).contains("1 passed");
        assert!(ran, "no test of that name ran: {}", shown());
    }
}

/// Waits for a child, but not for ever: some of what is tested could deadlock.
/// It is read while it runs: a pipe that is full holds up who writes.
fn finish(child: Child, label: &str) -> Output {
    let id = child.id().to_string();
    let (told, ended) = mpsc::channel();
    // Where this was given up, nobody listens any more.
    std::thread::spawn(move || drop(told.send(child.wait_with_output())));
    if let Ok(output) = ended.recv_timeout(LIMIT) {
        return output.expect("a child can be waited for");
    }
    let killed = Command::new("kill").args(["-s", "KILL", &id]).status();
    assert!(
        killed.is_ok_and(|status| status.success()),
        "a child can be ended"
    );
    let output = ended
        .recv()
        .expect("it is still waited for")
        .expect("it has ended");
    let out = String::from_utf8_lossy(&output.stdout);
    panic!("{label}: still running after {LIMIT:?}\n{out}");
}

fn run(case: Case, body: impl Fn(Case, &World)) {
    let engine = World::engine();
    let second = case.second_dispatcher.then(|| {
        // One that wants nothing and is nobody's default, but is asked.
        tracing::Dispatch::new(Registry::default().with(NoInterest))
    });
    let (world, _guard) = install(case, engine);
    world.engine.installed();
    body(case, &world);
    drop(second);
}

/// A per-layer filtered layer that wants nothing, so that the dispatcher says `never`.
struct NoInterest;

impl<S: tracing::Subscriber> Layer<S> for NoInterest {
    fn register_callsite(
        &self,
        _: &'static tracing::Metadata<'static>,
    ) -> tracing::subscriber::Interest {
        tracing::subscriber::Interest::never()
    }

    fn enabled(
        &self,
        _: &tracing::Metadata<'_>,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) -> bool {
        false
    }
}

fn install(case: Case, engine: Arc<Engine<Telling>>) -> (World, Option<DefaultGuard>) {
    let (neighbour, told) = Neighbour::new();
    let guard = match case.mount {
        Mount::Subscriber => make_default(case, Root::subscriber(engine.clone())),
        Mount::Over => {
            let inner = registry().with(neighbour);
            make_default(case, Root::over(engine.clone(), inner))
        }
        Mount::Layer => {
            let stack = registry().with(neighbour).with(layer(engine.clone()));
            make_default(case, stack)
        }
    };
    let world = World {
        engine,
        neighbour: told,
        has_neighbour: case.mount != Mount::Subscriber,
    };
    (world, guard)
}

fn make_default<S>(case: Case, subscriber: S) -> Option<DefaultGuard>
where
    S: tracing::Subscriber + Send + Sync + 'static,
{
    if case.global {
        set_global_default(subscriber).expect("nothing is installed yet");
        return None;
    }
    Some(set_default(subscriber))
}
