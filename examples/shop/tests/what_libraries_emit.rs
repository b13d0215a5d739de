//! The callsites inside other people's crates that the shop's policy acts on,
//! as those crates really declare and fill them.
//!
//! No Rheostat here: a plain subscriber looks on while the shop serves. When a
//! library changes what it emits this test says so first, and the tests of the
//! policy say what that did to the rules.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use expect_test::expect;
use shop::load::Arguments;
use shop::{Running, Settings};
use tracing::field::{Field, Visit};
use tracing::span::Attributes;
use tracing::{Event, Id, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

#[test]
fn what_libraries_emit_is_what_the_policy_was_written_for() {
    let seen = Seen::default();
    log::set_logger(Box::leak(Box::new(Records(seen.clone())))).unwrap();
    log::set_max_level(log::LevelFilter::Debug);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(seen.clone()))
        .unwrap();

    serve_a_few_visits();

    expect![[r#"
        event DEBUG hyper_util::client::legacy::pool in a request: [reuse idle connection]
        event DEBUG hyper_util::client::legacy::pool: [reuse idle connection]
        event DEBUG sqlx::query in a request: [] summary=text db.statement=text rows_affected=u64 rows_returned=u64 elapsed=formatted elapsed_secs=f64
        event DEBUG sqlx::query: [] summary=text db.statement=text rows_affected=u64 rows_returned=u64 elapsed=formatted elapsed_secs=f64
        event DEBUG tower_http::trace::on_eos in a request: [end of stream] stream_duration=formatted
        event DEBUG tower_http::trace::on_request in a request: [started processing request]
        event DEBUG tower_http::trace::on_response in a request: [finished processing request] latency=formatted status=i64
        event ERROR tower_http::trace::on_failure in a request: [response failed] classification=formatted latency=formatted
        event TRACE axum::rejection in a request: [rejecting request] status=u64 body=text rejection_type=text
        log   DEBUG reqwest::connect: [starting new connection]
        span  DEBUG tower_http::trace::make_span 'request': method=formatted uri=formatted version=formatted
    "#]]
    .assert_eq(&seen.lines());
}

fn serve_a_few_visits() {
    let out = tempfile::tempdir().unwrap();
    let settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        policy: "unused".into(),
        out: out.path().to_owned(),
        pricing: None,
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let running = Running::start(&settings).await.unwrap();
        let to = running.address().to_string();
        let arguments = Arguments {
            to,
            visits: 300,
            ..Arguments::default()
        };
        let report = shop::load::run(&arguments).await.unwrap();
        assert_eq!((report.failed, report.left), (0, 0));
        running.stop().await;
    });
}

/// One line for each kind of thing a library said.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<BTreeSet<String>>>);

impl Seen {
    fn note(&self, line: String) {
        self.0.lock().unwrap().insert(line);
    }

    fn lines(&self) -> String {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

/// The callsites that the policy names. Of the pool's many messages it wants
/// one; when and where the others come depends on timing.
fn of_interest(target: &str, message: &str) -> bool {
    match target {
        "sqlx::query" | "axum::rejection" | "reqwest::connect" => true,
        "hyper_util::client::legacy::pool" => message.starts_with("reuse idle connection"),
        _ => target.starts_with("tower_http::"),
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        let (level, target, name) = (metadata.level(), metadata.target(), metadata.name());
        if of_interest(target, "") {
            let mut shape = Shape::default();
            attributes.record(&mut shape);
            self.note(format!("span  {level} {target} '{name}':{}", shape.fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let (level, target) = (event.metadata().level(), event.metadata().target());
        let mut shape = Shape::default();
        event.record(&mut shape);
        if of_interest(target, &shape.message) {
            let mut around = context.event_scope(event).into_iter().flatten();
            let inside = around.any(|span| span.name() == "request");
            let place = if inside { " in a request" } else { "" };
            let message = first_words(&shape.message);
            self.note(format!(
                "event {level} {target}{place}: [{message}]{}",
                shape.fields
            ));
        }
    }
}

/// The names and types of fields, and the message.
#[derive(Default)]
struct Shape {
    fields: String,
    message: String,
}

impl Shape {
    fn typed(&mut self, field: &Field, kind: &str) {
        self.fields += &format!(" {}={kind}", field.name());
    }
}

impl Visit for Shape {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            _ => self.typed(field, "formatted"),
        }
    }
    fn record_i64(&mut self, field: &Field, _: i64) {
        self.typed(field, "i64");
    }
    fn record_u64(&mut self, field: &Field, _: u64) {
        self.typed(field, "u64");
    }
    fn record_f64(&mut self, field: &Field, _: f64) {
        self.typed(field, "f64");
    }
    fn record_bool(&mut self, field: &Field, _: bool) {
        self.typed(field, "bool");
    }
    fn record_str(&mut self, field: &Field, _: &str) {
        self.typed(field, "text");
    }
}

fn first_words(message: &str) -> String {
    message.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// What arrives through the `log` crate.
struct Records(Seen);

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let said = record.args().to_string();
        if of_interest(record.target(), &said) {
            let said = first_words(&said);
            self.0.note(format!(
                "log   {} {}: [{said}]",
                record.level(),
                record.target()
            ));
        }
    }

    fn flush(&self) {}
}
