//! The ways in which an engine stands in a program.

use std::sync::Arc;

use rheostat_core::engine::Engine;
use rheostat_core::mount::{Root, layer};
use rheostat_core::output::Output;
use tracing_core::Dispatch;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

/// One of the three mounts, in its plainest form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mount {
    /// The root alone.
    Subscriber,
    /// The root around a Registry.
    Over,
    /// A layer of a Registry.
    Layer,
}

impl Mount {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Subscriber, Self::Over, Self::Layer];

    /// Its name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Over => "over",
            Self::Layer => "layer",
        }
    }

    /// A dispatcher with the engine in this mount.
    ///
    /// Once it is a default, [`Engine::installed`] has to be called.
    pub fn dispatch<O: Output>(self, engine: Arc<Engine<O>>) -> Dispatch {
        match self {
            Self::Subscriber => Dispatch::new(Root::subscriber(engine)),
            Self::Over => Dispatch::new(Root::over(engine, Registry::default())),
            Self::Layer => Dispatch::new(Registry::default().with(layer(engine))),
        }
    }
}
