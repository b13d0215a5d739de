//! Layers of somebody else's, beside which ours stands.

use std::any::Any;

use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use crate::cases::{Case, calls, case, global};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("event", "a plain layer", plain, calls::event),
        case("event", "a layer with EnvFilter", filtered, calls::event),
    ]
}

/// Wants everything and does nothing with it.
pub(in crate::cases) struct Plain;

impl<S: Subscriber> Layer<S> for Plain {}

fn plain() -> Box<dyn Any> {
    global(tracing_subscriber::registry().with(Plain))
}

fn filtered() -> Box<dyn Any> {
    global(tracing_subscriber::registry().with(Plain.with_filter(EnvFilter::new("info"))))
}
