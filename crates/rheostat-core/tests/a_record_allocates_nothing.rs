//! Judging and reading a record allocates nothing, once its thread has room.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;

use rheostat_core::callsite::{Callsite, CallsiteId, CallsiteKind};
use rheostat_core::capture::Fields;
use rheostat_core::clock::Clock;
use rheostat_core::plan::{Ground, Planner, PolicyImage};
use rheostat_core::program::Program;
use rheostat_core::scope::Scope;
use rheostat_core::{MatchedRule, Output, Record, Staging, StepId, Value};
use rheostat_policy::model::Level;
use rheostat_policy::{Diagnostic, NoEnvironment, Vocabulary, check, first_party};

/// Counts what the calling thread allocates.
struct Counting;

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is handed to the system's allocator as it came; the counter is a plain cell that
// neither allocates nor has a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + 1);
        // SAFETY: the caller keeps `alloc`'s promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Reads every label of what passes.
struct Reading;

impl Output for Reading {
    type Staged = ();
    type Plan = Vec<(StepId, Vec<Program>)>;

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(&self, _: &Staging<'_>, _: Option<&()>) -> Result<(), Vec<Diagnostic>> {
        Ok(())
    }

    fn plan(
        &self,
        _staged: &(),
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let mut plan = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                let labels = action.action.labels.iter();
                let labels = labels.map(|label| planner.label(rule, label)).collect();
                plan.push((action.step, labels));
            }
        }
        Some(plan)
    }

    fn commit(&self, _staged: &()) {}

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        for (step, labels) in plan {
            if black_box(record.passes(*step)).is_some() {
                for label in labels {
                    black_box(record.shown(record.value(label)));
                }
            }
        }
    }
}

const POLICY: &str = r#"
version = 1
[[rules]]
match = { target = "app" }
where = "n > 1 and text contains 'a' or text matches '^b' or debug == 'x'"
count = { metric = "a_total", labels = ["text", "debug", "n", "tenant", "@thread",
    { low = "text | lower | truncate(3)" }, { group = "text | capture('(.)b')" },
    { class = "n | class" }, { hash = "text | hash" }, { swap = "text | replace('b', 'c')" },
    { sum = "n * 2 + 1" }] }
[[rules]]
name = "not found"
match = { target = "app" }
where = "n == 404"
stream = { sink = "stdout", rate = { rate = "1/s", by = ["text"] } }
[[rules]]
name = "some"
match = { target = "app" }
stream = { sink = "stdout", every = "1s", sample = 0.5 }
"#;

#[test]
fn a_record_allocates_nothing() {
    let vocabulary = first_party::vocabulary();
    let checked = check(POLICY.as_bytes(), "policy", &vocabulary, &NoEnvironment);
    let Some(policy) = checked.policy else {
        panic!("{}", checked.diagnostics);
    };
    let ground = Ground::new(Clock::system());
    let image = Arc::new(PolicyImage::new(Arc::new(policy), None, &ground, 1));
    let site = Arc::new(Callsite {
        id: CallsiteId(0),
        kind: CallsiteKind::Event,
        name: "event".into(),
        target: "app".into(),
        module: None,
        file: None,
        line: None,
        level: Level::Info,
        fields: ["n", "text", "debug"].into(),
        metadata: None,
    });
    let plan = image.plan(&site, &Reading, &()).expect("rules match");
    let fire = |n| {
        let values = [
            Value::I64(n),
            Value::Text("abab"),
            Value::Formatted(r#""a\tb""#),
        ];
        plan.event(&Reading, Fields::Values(&values), Scope::none());
    };
    let warm_up = || [0, 5, 404].into_iter().cycle().take(60).for_each(fire);
    warm_up();
    let before = ALLOCATED.get();
    warm_up();
    assert_eq!(ALLOCATED.get() - before, 0);
}
