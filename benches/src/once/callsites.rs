//! What Rheostat keeps for each callsite of a program.

use std::fmt::Write;
use std::sync::Arc;

use rheostat_core::Callsite;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_policy::{NoEnvironment, check};
use tracing_core::Event;
use tracing_core::field::{Field, Value};

use super::reload::register_callsites;
use super::{Bound, Line};
use crate::cases::global;
use crate::memory::allocated;

const CALLSITES: usize = 100_000;

pub(super) fn measure() -> Result<Vec<Line>, String> {
    Ok(vec![
        Line {
            what: "memory per callsite that no rule wants",
            reached: weighed("shop::nothing", false)?,
            unit: "B",
            bound: Some(Bound::AtMost(64.0)),
        },
        Line {
            what: "of that, the callsite's description: name, target, module, file, fields",
            reached: described(),
            unit: "B",
            bound: None,
        },
    ])
}

pub(super) fn measure_wanted() -> Result<Vec<Line>, String> {
    Ok(vec![Line {
        what: "memory per callsite that a rule counts and that has fired, its plan included",
        reached: weighed("app::**", true)?,
        unit: "B",
        bound: None,
    }])
}

/// The values of an event that has none.
const NOTHING: [(&Field, Option<&dyn Value>); 0] = [];

/// Bytes of a description, which is counted by its owners, and of its one field's name.
fn described() -> f64 {
    (size_of::<Callsite>() + 2 * size_of::<usize>() + size_of::<&str>()) as f64
}

/// Bytes a callsite under a policy of one rule, whose target this is. What `tracing` itself keeps is there before.
fn weighed(target: &str, fire: bool) -> Result<f64, String> {
    let callsites = register_callsites(CALLSITES);
    let before = allocated();
    let registry = rheostat_metrics::Registry::new();
    let metrics = rheostat_metrics::Metrics::native(registry);
    let engine = Engine::new(metrics, Options::default());
    let _installed = global(Root::subscriber(engine.clone()));
    let vocabulary = rheostat_core::Output::vocabulary(engine.outputs());
    let mut text = String::from("version = 1\n");
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "[[rules]]\nmatch = {{ target = '{target}' }}\ncount = {{ metric = 'seen_total' }}\n"
    );
    let checked = check(text.as_bytes(), "policy", &vocabulary, &NoEnvironment);
    let policy = checked
        .policy
        .ok_or_else(|| checked.diagnostics.to_string())?;
    engine
        .apply(Arc::new(policy), &NoTaps)
        .map_err(|findings| findings.to_string())?;
    if fire {
        for metadata in callsites {
            Event::dispatch(metadata, &metadata.fields().value_set(&NOTHING));
        }
    }
    Ok(allocated().saturating_sub(before) as f64 / CALLSITES as f64)
}
