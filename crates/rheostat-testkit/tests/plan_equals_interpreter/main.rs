//! The compiled plan and a naive interpreter of the specification come to the same, whatever the policy,
//! the callsites, the spans and the values, and on whatever mount.
//!
//! Each case runs twice: past an output that writes down record by record what it is told, and past the real
//! metrics, whose short ways record without a record, and whose series are compared in the end.
//!
//! `RHEOSTAT_CASES` sets the number of cases (CI: 10,000); half as many plain ones come on top.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the naive side computes as a person would, and each cast stands behind its bound"
)]

mod coverage;
mod drive;
mod expected;
mod fire;
mod generate;
mod naive;
mod sieve;
mod totals;
mod traces;
mod watched;
mod witness;
mod world;

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rheostat_policy::{NoEnvironment, Severity, check, first_party};
use tracing_subscriber::filter::LevelFilter;

use crate::drive::Mount;
use crate::fire::Fake;
use crate::world::{Site, Step, World};

static POOL: LazyLock<Vec<Site>> = LazyLock::new(generate::pool);
static FAKES: LazyLock<Vec<&'static Fake>> =
    LazyLock::new(|| POOL.iter().map(Fake::register).collect());

/// The name of the thread on which programs run.
const THREAD: &str = "tested";

/// A span that others keep and we do not holds its parent open all the same, as in any Registry. The
/// naive side knows nothing of others, so where they keep spans this rule keeps all of them too.
const KEEP_ALL: &str =
    "[[rules]]\nname = 'all'\nmatch = { span = '*' }\ncount = { metric = 'spans_total' }\n";

/// A policy, and a program on a mount.
#[derive(Clone)]
struct Case {
    text: String,
    steps: Vec<Step>,
    mount: Mount,
}

/// As a person who looks for the mistake wants to read it.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "on {:?}\n{}", self.mount, self.text)?;
        for step in &self.steps {
            match step {
                Step::Open { site, .. } | Step::Event { site, .. } => {
                    writeln!(f, "{step:?}\n    of {:?}", POOL[*site])?;
                }
                step => writeln!(f, "{step:?}")?,
            }
        }
        Ok(())
    }
}

#[test]
fn the_compiled_plan_equals_the_naive_interpreter() {
    // The trees that random policies are shrunk by are deep, and debug builds put them on the stack.
    let roomy = std::thread::Builder::new()
        .name(THREAD.to_owned())
        .stack_size(64 << 20)
        .spawn(compare_all);
    if let Err(panic) = roomy.expect("a thread can be had").join() {
        std::panic::resume_unwind(panic);
    }
}

/// Most cases run on the root alone; the others, one in five each, with others beside or inside.
fn mount() -> impl Strategy<Value = Mount> {
    let level = select(vec![
        LevelFilter::OFF,
        LevelFilter::INFO,
        LevelFilter::TRACE,
    ]);
    prop_oneof![
        3 => Just(Mount::Subscriber),
        1 => level.clone().prop_map(Mount::Over),
        1 => level.prop_map(Mount::Layer),
    ]
}

fn compare_all() {
    traces::link();
    let cases = std::env::var("RHEOSTAT_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let cases: u32 = cases.unwrap_or(2_000);
    // A third are plain: so many cases are left that may hold anything.
    let all = cases + cases / 2;
    let config = Config {
        cases: all,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        max_shrink_time: 30_000,
        ..Config::default()
    };
    let refused = Cell::new(0u32);
    let strategy =
        (generate::policy_and_steps(&POOL), mount()).prop_map(|((text, steps), mount)| Case {
            text: if mount.others_keep_spans() {
                text + KEEP_ALL
            } else {
                text
            },
            steps,
            mount,
        });
    let outcome = TestRunner::new(config).run(&strategy, |case| {
        let ran = compare(case)?;
        refused.set(refused.get() + u32::from(!ran));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let share = f64::from(refused.get()) / f64::from(all);
    assert!(
        share < 0.4,
        "{:.0} % of the policies were refused: too few cases are left",
        share * 100.0
    );
    if cases >= 2_000 {
        let missing = coverage::missing(expected::FEATURES);
        assert!(missing.is_empty(), "not seen both ways: {missing:#?}");
    }
}

/// Runs one case both ways; whether the policy was one.
fn compare(case: Case) -> Result<bool, TestCaseError> {
    let Case { text, steps, mount } = case;
    let checked = check(
        text.as_bytes(),
        "policy",
        &first_party::vocabulary(),
        &NoEnvironment,
    );
    let Some(mut policy) = checked.policy else {
        // A random policy may contradict itself; which mistakes there are has its own tests.
        let errors = checked
            .diagnostics
            .items
            .iter()
            .filter(|item| item.severity == Severity::Error);
        let shown = &checked.diagnostics;
        prop_assert!(errors.count() > 0, "refused without an error:\n{shown}");
        return Ok(false);
    };
    // With exemplars, records into metrics never take the short way; without, the same may.
    let metrics = policy.metrics.iter_mut();
    metrics.for_each(|metric| metric.exemplars = false);
    let policy = Arc::new(policy);
    let world = World {
        sites: POOL.clone(),
        steps,
    };
    let (mut by_hand, totals) = naive::run(&policy, &world);
    let by_engine = drive::witnessed(mount, &policy, &world, &FAKES);
    prop_assert!(
        by_hand == by_engine,
        "by hand: {by_hand:#?}\nby the engine: {by_engine:#?}"
    );
    let (beside, snapshot, samples) = drive::measured(mount, &policy, &world, &FAKES);
    by_hand.lines.retain(|line| !is_of_metric(line));
    prop_assert!(
        by_hand == beside,
        "by hand: {by_hand:#?}\nby the engine, beside metrics: {beside:#?}"
    );
    let differences = totals::differences(&totals, &snapshot);
    prop_assert!(differences.is_empty(), "in the metrics: {differences:#?}");
    let refused = totals::refused(&samples);
    prop_assert!(
        totals.refused == refused,
        "refused by hand: {:?}\nby the engine: {refused:?}",
        totals.refused
    );
    Ok(true)
}

/// Whether a line says what a metric got.
fn is_of_metric(line: &str) -> bool {
    let action = line.split(' ').next();
    matches!(action, Some("count" | "histogram" | "gauge"))
}
