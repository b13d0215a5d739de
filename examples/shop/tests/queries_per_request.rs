//! How many queries sqlx reports for each kind of request.
//!
//! No Rheostat here: a plain subscriber counts. The tests of the policy take
//! these numbers for granted when they compare a scrape with the load
//! generator's report.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use shop::load::Arguments;
use shop::{Running, Settings};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

#[test]
fn the_queries_of_a_run_follow_from_its_report() {
    let counted = Queries::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(counted.clone()))
        .unwrap();

    let out = tempfile::tempdir().unwrap();
    let settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        policy: "unused".into(),
        out: out.path().to_owned(),
        pricing: None,
    };
    let report = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let running = Running::start(&settings).await.unwrap();
        let to = running.address().to_string();
        let report = shop::load::run(&Arguments {
            to,
            visits: 500,
            ..Arguments::default()
        })
        .await
        .unwrap();
        running.stop().await;
        report
    });

    let mut counted = counted.0.lock().unwrap().clone();
    // Connections are opened when they are needed, each with one PRAGMA.
    counted.remove("pragma");
    assert_eq!(counted, support::expected::queries(&report));
}

/// How many queries were reported inside a request, by their first word.
#[derive(Clone, Default)]
struct Queries(Arc<Mutex<BTreeMap<String, u64>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Queries {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut around = context.event_scope(event).into_iter().flatten();
        if event.metadata().target() == "sqlx::query" && around.any(|span| span.name() == "request")
        {
            let mut verb = Verb(String::new());
            event.record(&mut verb);
            *self.0.lock().unwrap().entry(verb.0).or_default() += 1;
        }
    }
}

struct Verb(String);

impl Visit for Verb {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.0 = value.split(' ').next().unwrap_or_default().to_lowercase();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
