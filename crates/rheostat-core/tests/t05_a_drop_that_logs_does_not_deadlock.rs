//! T5: `tracing` holds its lock while it asks about callsites, and an output's plan may log when it
//! is dropped. Old policies are dropped outside of all that.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::policy;
use rheostat_core::Callsite;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::output::{MatchedRule, Output, Staging};
use rheostat_core::plan::Planner;
use rheostat_core::record::Record;
use rheostat_core::sink::NoTaps;
use rheostat_policy::{Diagnostic, Vocabulary, first_party};

static DROPPED: AtomicU64 = AtomicU64::new(0);

/// A plan that logs when it goes.
struct Loud;

impl Drop for Loud {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
        tracing::info!(target: "app", "a plan goes");
    }
}

#[derive(Debug, Default)]
struct LoudOutput {
    events: AtomicU64,
}

impl Output for LoudOutput {
    type Staged = ();
    type Plan = Loud;

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(&self, _: &Staging<'_>, _: Option<&()>) -> Result<(), Vec<Diagnostic>> {
        tracing::info!(target: "app", "staging");
        Ok(())
    }

    fn plan(
        &self,
        (): &(),
        _: &Callsite,
        _: &[MatchedRule<'_>],
        _: &mut Planner<'_>,
    ) -> Option<Loud> {
        Some(Loud)
    }

    fn commit(&self, (): &()) {
        tracing::info!(target: "app", "committed");
    }

    fn event(&self, _: &Loud, _: &Record<'_>) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_drop_that_logs_does_not_deadlock() {
    let engine = Engine::new(LoudOutput::default(), Options::default());
    tracing::subscriber::set_global_default(Root::subscriber(Arc::clone(&engine)))
        .expect("nothing is installed yet");
    const POLICY: &str = r#"
        [[rules]]
        match = { target = "app", event = "*" }
        count = { metric = "seen_total" }
    "#;
    for round in 0..100 {
        let text = format!("{POLICY}\n# {round}");
        assert!(engine.apply(policy(&text), &NoTaps).is_ok());
        tracing::info!(target: "app", "from the program");
    }
    engine.tick();
    assert!(DROPPED.load(Ordering::Relaxed) > 0);
    // Each round: staging (but for the first), committed, from the program.
    assert_eq!(engine.outputs().events.load(Ordering::Relaxed), 299);
    assert!(engine.status().unfreed_tables <= 1);
}
