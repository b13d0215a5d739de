//! The ground: what `tracing` itself costs, whoever listens.

use std::hint::black_box;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::{Case, calls, global, nothing};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            job: "nothing",
            name: "empty loop",
            install: nothing,
            run: empty_loop,
        },
        Case {
            job: "disabled",
            name: "no subscriber",
            install: nothing,
            run: calls::disabled,
        },
        Case {
            job: "disabled",
            name: "Registry, level info",
            install: || global(tracing_subscriber::registry().with(LevelFilter::INFO)),
            run: calls::disabled,
        },
        Case {
            job: "event",
            name: "event floor",
            install: registry,
            run: calls::event,
        },
        Case {
            job: "span",
            name: "span floor",
            install: registry,
            run: calls::span,
        },
    ]
}

fn registry() -> Box<dyn std::any::Any> {
    global(tracing_subscriber::registry())
}

fn empty_loop(times: u64) {
    for n in 0..times {
        black_box(n);
    }
}
