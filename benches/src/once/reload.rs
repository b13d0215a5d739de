//! A reload with ten thousand callsites and a hundred rules.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_policy::{NoEnvironment, check};
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::{Interest, Kind, Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::{Bound, Line};
use crate::cases::global;

const CALLSITES: usize = 10_000;
const RULES: usize = 100;
const ROUNDS: usize = 30;

/// A callsite that is made while the program runs.
struct Made(OnceLock<Metadata<'static>>);

impl Callsite for Made {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().unwrap_or(&NOBODY)
    }
}

static NO_CALLSITE: Made = Made(OnceLock::new());
static NOBODY: Metadata<'static> = Metadata::new(
    "nobody",
    "nobody",
    Level::TRACE,
    None,
    None,
    None,
    FieldSet::new(&[], Identifier(&NO_CALLSITE)),
    Kind::EVENT,
);

/// Makes so many callsites known, and gives what `tracing` knows of each.
pub(super) fn register_callsites(count: usize) -> Vec<&'static Metadata<'static>> {
    let mut made_all = Vec::with_capacity(count);
    for number in 0..count {
        let target: &'static str = format!("app::module_{}::part_{number}", number % 200).leak();
        let made: &'static Made = Box::leak(Box::new(Made(OnceLock::new())));
        let fields = FieldSet::new(&["message"], Identifier(made));
        let metadata = Metadata::new(
            "event",
            target,
            Level::INFO,
            None,
            None,
            None,
            fields,
            Kind::EVENT,
        );
        if made.0.set(metadata).is_ok() {
            tracing_core::callsite::register(made);
        }
        made_all.extend(made.0.get());
    }
    made_all
}

/// A hundred rules, each by a prefix; the round makes each text another.
fn policy(round: usize) -> String {
    let mut text = String::from("version = 1\n");
    for rule in 0..RULES {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "[[rules]]\nmatch = {{ target = 'app::module_{}::**' }}\ncount = {{ metric = 'rule_{rule}_total' }}\n",
            (rule * 2 + round) % 200
        );
    }
    text
}

/// The shortest of many reloads with so many callsites, in milliseconds, and of the check before.
pub(crate) fn applied(callsites: usize) -> Result<(f64, f64), String> {
    let registry = rheostat_metrics::Registry::new();
    let engine = Engine::new(
        rheostat_metrics::Metrics::native(registry),
        Options::default(),
    );
    let _installed = global(Root::subscriber(engine.clone()));
    register_callsites(callsites);
    let vocabulary = rheostat_core::Output::vocabulary(engine.outputs());
    let (mut apply, mut checking) = (f64::INFINITY, f64::INFINITY);
    for round in 0..ROUNDS {
        let text = policy(round);
        let start = Instant::now();
        let checked = check(text.as_bytes(), "policy", &vocabulary, &NoEnvironment);
        checking = checking.min(start.elapsed().as_secs_f64() * 1e3);
        let policy = checked
            .policy
            .ok_or_else(|| checked.diagnostics.to_string())?;
        let start = Instant::now();
        engine
            .apply(Arc::new(policy), &NoTaps)
            .map_err(|findings| findings.to_string())?;
        apply = apply.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok((apply, checking))
}

/// The same of an `EnvFilter`.
pub(crate) fn applied_by_peer(callsites: usize) -> Result<f64, String> {
    let filter = |round: usize| EnvFilter::new(format!("info,app::module_{}=debug", round % 200));
    let (layer, handle) = tracing_subscriber::reload::Layer::new(filter(0));
    let _installed = global(tracing_subscriber::registry().with(layer));
    register_callsites(callsites);
    let mut least = f64::INFINITY;
    for round in 1..=ROUNDS {
        let start = Instant::now();
        handle
            .reload(filter(round))
            .map_err(|error| error.to_string())?;
        least = least.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(least)
}

pub(super) fn measure() -> Result<Vec<Line>, String> {
    let (apply, checking) = applied(CALLSITES)?;
    Ok(vec![
        Line {
            what: "reload, 10,000 callsites and 100 rules: plans, table, interest twice",
            reached: apply,
            unit: "ms",
            bound: Some(Bound::AtMost(1.0)),
        },
        Line {
            what: "the same: reading and checking the text before",
            reached: checking,
            unit: "ms",
            bound: None,
        },
    ])
}

pub(super) fn measure_peer() -> Result<Vec<Line>, String> {
    Ok(vec![Line {
        what: "peer: EnvFilter of two directives through reload::Layer, 10,000 callsites",
        reached: applied_by_peer(CALLSITES)?,
        unit: "ms",
        bound: None,
    }])
}
