//! The ground: what `tracing` itself costs, whoever listens.

use std::hint::black_box;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::{Case, calls, case, global, nothing};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("nothing", "empty loop", nothing, empty_loop),
        case("disabled", "no subscriber", nothing, calls::disabled),
        case("disabled", "Registry, level info", info, calls::disabled),
        case("event", "event floor", registry, calls::event),
        case("span", "span floor", registry, calls::span),
    ]
}

fn info() -> Box<dyn std::any::Any> {
    global(tracing_subscriber::registry().with(LevelFilter::INFO))
}

fn registry() -> Box<dyn std::any::Any> {
    global(tracing_subscriber::registry())
}

fn empty_loop(times: u64) {
    for n in 0..times {
        black_box(n);
    }
}
