//! The same world through the real engine: a mount, a policy, and an output that writes down what it is told,
//! with the real metrics beside it or without.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::clock::Clock;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::ledger::Outcome;
use rheostat_core::mount::{Root, layer};
use rheostat_core::sink::NoTaps;
use rheostat_core::stats::Sample;
use rheostat_metrics::Snapshot;
use rheostat_policy::model::CheckedPolicy;
use tracing_core::{Dispatch, dispatcher};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, Registry};

use crate::fire::{Fake, perform};
use crate::watched::Watched;
use crate::witness::Witness;
use crate::world::{Came, World};

/// What the wall clock says when a program begins.
pub(crate) const BEGIN: u64 = 1_000_000_000;

/// How the engine stands in the program.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mount {
    /// The root alone.
    Subscriber,
    /// The root around a Registry with a layer that wants this level and more severe.
    Over(LevelFilter),
    /// A layer beside one that wants this level and more severe.
    Layer(LevelFilter),
}

impl Mount {
    /// Whether somebody else in the program keeps spans.
    pub(crate) fn others_keep_spans(self) -> bool {
        match self {
            Self::Subscriber => false,
            Self::Over(level) | Self::Layer(level) => level != LevelFilter::OFF,
        }
    }
}

/// Another layer, which takes what it is given.
struct Neighbour;

impl<S: tracing_core::Subscriber> Layer<S> for Neighbour {}

/// The metrics, if the real ones are there, and the witness of all the rest.
type Outputs = (Option<Watched>, Witness);

/// Runs a world under a policy, and all is witnessed.
pub(crate) fn witnessed(
    mount: Mount,
    policy: &Arc<CheckedPolicy>,
    world: &World,
    fakes: &[&'static Fake],
) -> Came {
    came(&run(
        mount,
        policy,
        (world, fakes),
        (None, Witness::default()),
    ))
}

/// The same with real metrics: what else came of it, what they hold, and what the engine counted.
pub(crate) fn measured(
    mount: Mount,
    policy: &Arc<CheckedPolicy>,
    world: &World,
    fakes: &[&'static Fake],
) -> (Came, Snapshot, Vec<Sample>) {
    let outputs = (Some(Watched::default()), Witness::beside_metrics());
    let engine = run(mount, policy, (world, fakes), outputs);
    let watched = engine.outputs().0.as_ref().expect("given above");
    watched.note_conditions(fakes, &world.steps);
    let registry = watched.metrics.registry().expect("the native one");
    (came(&engine), registry.snapshot(), engine.samples())
}

/// Scoped to this thread.
fn run(
    mount: Mount,
    policy: &Arc<CheckedPolicy>,
    (world, fakes): (&World, &[&'static Fake]),
    outputs: Outputs,
) -> Arc<Engine<Outputs>> {
    let clock = Clock::manual(BEGIN);
    let options = Options {
        clock: clock.clone(),
        canary: false,
        ..Options::default()
    };
    let engine = Engine::new(outputs, options);
    let neighbours = |level: LevelFilter| Registry::default().with(Neighbour.with_filter(level));
    let dispatch = match mount {
        Mount::Subscriber => Dispatch::new(Root::subscriber(engine.clone())),
        Mount::Over(level) => Dispatch::new(Root::over(engine.clone(), neighbours(level))),
        Mount::Layer(level) => Dispatch::new(neighbours(level).with(layer(engine.clone()))),
    };
    dispatcher::with_default(&dispatch, || {
        engine
            .apply(policy.clone(), &NoTaps)
            .expect("the witness refuses nothing");
        engine.installed();
        perform(fakes, &world.steps, |nanoseconds| {
            clock.advance(Duration::from_nanos(nanoseconds))
        });
    });
    engine
}

fn came(engine: &Engine<Outputs>) -> Came {
    Came {
        lines: engine.outputs().1.lines(),
        matched: matched(engine),
    }
}

/// What the ledger says of records that the conditions let through.
fn matched(engine: &Engine<Outputs>) -> BTreeMap<String, u64> {
    let lines = engine.ledger().lines().into_iter();
    lines
        .filter(|line| line.outcome != Outcome::Filtered)
        .map(|line| {
            (
                format!("{} at {}: {}", line.rule, line.sink, line.outcome.as_str()),
                line.records,
            )
        })
        .fold(BTreeMap::new(), |mut sums, (name, records)| {
            *sums.entry(name).or_default() += records;
            sums
        })
}
