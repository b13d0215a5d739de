//! A logger that is called from inside itself.

use std::fmt;
use std::sync::Arc;

use rheostat_core::engine::Engine;
use rheostat_core::log_bridge;
use rheostat_core::mount::{Root, layer};
use rheostat_testkit::{Mount, Outputs};
use tracing::Event;
use tracing_core::Dispatch;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, registry};

use crate::world::{hostile, hostile_in};

/// Logs to the `log` crate while the `log` crate's logger formats it.
struct Again;

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log::warn!(target: "app", "from inside the logger");
        f.write_str("again")
    }
}

#[test]
fn a_logger_that_reenters_costs_what_it_logs_and_nothing_else() {
    let name = "reentry::a_logger_that_reenters_costs_what_it_logs_and_nothing_else";
    hostile(name, "", |world| {
        log_bridge::install(world.kit.engine()).expect("no logger is installed yet");
        world.kit.engine().installed();
        for _ in 0..5 {
            log::info!(target: "app", "{}", Again);
            log::info!(target: "app", "fine");
        }
        world.flush();
        assert_eq!(world.kit.counter("records_total", &[]), 10);
        let text = std::fs::read_to_string(world.path("kept")).expect("the sink made the file");
        let count = |message: &str| text.matches(&format!("\"message\":\"{message}\"")).count();
        assert_eq!((count("again"), count("fine")), (5, 5), "{text}");
        assert_eq!(text.lines().count(), 10);
        assert_eq!(world.kit.engine().status().reentrant, 5);
    });
}

/// Another layer, which logs about what it sees.
struct Chatty;

impl<S: tracing::Subscriber> Layer<S> for Chatty {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "app" {
            tracing::info!(target: "chatty", "somebody logged");
        }
    }
}

fn beside_a_chatty_one(mount: Mount, engine: Arc<Engine<Outputs>>) -> Dispatch {
    match mount {
        Mount::Subscriber => mount.dispatch(engine),
        Mount::Over => Dispatch::new(Root::over(engine, registry().with(Chatty))),
        Mount::Layer => Dispatch::new(registry().with(layer(engine)).with(Chatty)),
    }
}

#[test]
fn a_neighbour_that_logs_about_what_it_sees_costs_nothing() {
    let name = "reentry::a_neighbour_that_logs_about_what_it_sees_costs_nothing";
    let chatty = "[[rules]]\nmatch = { target = 'chatty' }\ncount = { metric = 'chatty_total' }\n";
    hostile_in(name, chatty, beside_a_chatty_one, |world| {
        for number in 0..10_u64 {
            tracing::info!(target: "app", number, "seen by both");
        }
        world.assert_all_kept(10);
        assert_eq!(world.kit.engine().status().reentrant, 0);
        let said = if world.mount == Mount::Subscriber {
            0
        } else {
            10
        };
        assert_eq!(world.kit.counter("chatty_total", &[]), said);
    });
}
