//! An engine in a mount, with a neighbour beside it where the mount has room for one.

use std::sync::Arc;

use rheostat_core::engine::{Engine, Options, Status};
use rheostat_core::sink::NoTaps;

use super::{Telling, Told, policy};

/// What a test acts on.
#[derive(Debug)]
pub(crate) struct World {
    /// The engine.
    pub(crate) engine: Arc<Engine<Telling>>,
    /// What the neighbour saw; always nothing where there is none.
    pub(crate) neighbour: Told,
    /// Whether there is a neighbour.
    pub(crate) has_neighbour: bool,
}

impl World {
    /// An engine without a policy.
    pub(crate) fn engine() -> Arc<Engine<Telling>> {
        Engine::new(Telling::brief(), Options::default())
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
