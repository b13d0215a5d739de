//! An engine in a mount, with a neighbour beside it where the mount has room for one.

use std::sync::Arc;

use rheostat_core::engine::{Engine, Options, Status};
use rheostat_core::sink::NoTaps;
use rheostat_policy::{CheckedPolicy, NoEnvironment, check, first_party};

use super::{Heard, Told};

/// The policy that a text says, without its first line.
pub(crate) fn policy(text: &str) -> Arc<CheckedPolicy> {
    let text = format!("version = 1\n{text}");
    let checked = check(
        text.as_bytes(),
        "policy",
        &first_party::vocabulary(),
        &NoEnvironment,
    );
    match checked.policy {
        Some(policy) => Arc::new(policy),
        None => panic!("{}", checked.diagnostics),
    }
}

/// What a test acts on.
#[derive(Debug)]
pub(crate) struct World {
    /// The engine.
    pub(crate) engine: Arc<Engine<Heard>>,
    /// What the neighbour saw; always nothing where there is none.
    pub(crate) neighbour: Told,
    /// Whether there is a neighbour.
    pub(crate) has_neighbour: bool,
}

impl World {
    /// An engine without a policy.
    pub(crate) fn engine() -> Arc<Engine<Heard>> {
        Engine::new(Heard::default(), Options::default())
    }

    /// Puts a policy in force.
    pub(crate) fn apply(&self, text: &str) {
        let applied = self.engine.apply(policy(text), &NoTaps);
        if let Err(diagnostics) = applied {
            panic!("{diagnostics}");
        }
    }

    /// What came of what fired since this was asked before.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.engine.outputs().lines()
    }

    /// What the engine says about itself.
    pub(crate) fn status(&self) -> Status {
        self.engine.status()
    }
}
