//! The sink types that this build links: local ones always, the others by feature.

mod http;
mod nats;
mod otlp;
mod postgres;

use std::sync::Arc;

use rheostat_core::sink::SinkFactory;

type Factories = Vec<Arc<dyn SinkFactory>>;

/// All of them.
pub(crate) fn sinks() -> Factories {
    let all = [
        rheostat_sink_local::all(),
        http::all(),
        nats::all(),
        otlp::all(),
        postgres::all(),
    ];
    all.into_iter().flatten().collect()
}

/// What stands for a crate that is not linked.
#[allow(dead_code, reason = "with all features every crate is linked")]
fn none() -> Factories {
    Vec::new()
}
