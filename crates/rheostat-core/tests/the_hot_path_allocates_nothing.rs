//! Once warm, neither an idle callsite nor a counted event nor a span of a rule allocates.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
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

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

struct Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the allocator's rules.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the allocator's rules.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Counts what it is handed.
#[derive(Debug, Default)]
struct Tally(AtomicU64);

impl Output for Tally {
    type Staged = ();
    type Plan = ();

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(&self, _: &Staging<'_>, _: Option<&()>) -> Result<(), Vec<Diagnostic>> {
        Ok(())
    }

    fn plan(
        &self,
        (): &(),
        _: &Callsite,
        _: &[MatchedRule<'_>],
        _: &mut Planner<'_>,
    ) -> Option<()> {
        Some(())
    }

    fn commit(&self, (): &()) {}

    fn event(&self, (): &(), _: &Record<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn span_close(&self, (): &(), _: &Record<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

const POLICY: &str = r#"
    [[rules]]
    match = { target = "counted", event = "*" }
    where = "rows > 2 and tenant != 'nobody'"
    count = { metric = "events_total" }
    [[rules]]
    match = { target = "counted", span = "work" }
    histogram = { metric = "work_seconds", of = "@duration" }
"#;

fn fire() {
    let work = tracing::info_span!(target: "counted", "work");
    work.in_scope(|| {
        tracing::trace!(target: "idle", rows = 3, "nobody wants this");
        tracing::info!(target: "counted", rows = 3, tenant = "acme", "counted");
    });
}

#[test]
fn the_hot_path_allocates_nothing() {
    let engine = Engine::new(Tally::default(), Options::default());
    tracing::subscriber::set_global_default(Root::subscriber(engine.clone()))
        .expect("nothing is installed yet");
    assert!(engine.apply(policy(POLICY), &NoTaps).is_ok());
    for _ in 0..200 {
        fire();
    }
    let before = ALLOCATIONS.get();
    for _ in 0..1_000 {
        fire();
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert_eq!(engine.outputs().0.load(Ordering::Relaxed), 2 * 1_200);
}
