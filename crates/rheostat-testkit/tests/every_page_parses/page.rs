//! A random policy, a random program under it, and the three pages that come of them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proptest::prelude::*;
use rheostat_core::clock::Clock;
use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_metrics::{Format, ManualClock, Metrics, Registry};
use rheostat_policy::{NoEnvironment, check, first_party};
use tracing_core::{Dispatch, dispatcher};

use crate::dress::{self, Call, Dress};
use crate::fire::{Fake, perform};
use crate::generate;
use crate::world::{Site, Step};

static POOL: LazyLock<Vec<Site>> = LazyLock::new(generate::pool);
static FAKES: LazyLock<Vec<&'static Fake>> =
    LazyLock::new(|| POOL.iter().map(Fake::register).collect());

/// A policy, what the program does, and what it records by itself.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    policy: String,
    dress: Dress,
    steps: Vec<Step>,
    calls: Vec<Call>,
}

/// What is exposed, in every format.
pub(crate) struct Page {
    /// For a person who looks for the mistake.
    pub(crate) of: String,
    pub(crate) text: String,
    pub(crate) openmetrics: String,
    pub(crate) protobuf: Vec<u8>,
}

/// Any case.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    let parts = (
        generate::policy_and_steps(&POOL),
        dress::dress(),
        prop::collection::vec(dress::call(), 0..6),
    );
    parts.prop_map(|((policy, steps), dress, calls)| Case {
        policy,
        dress,
        steps,
        calls,
    })
}

impl Page {
    /// The pages of a case; `None` where the policy is none.
    pub(crate) fn of(case: Case) -> Option<Self> {
        let text = case.dress.on(&case.policy);
        let checked = check(
            text.as_bytes(),
            "policy",
            &first_party::vocabulary(),
            &NoEnvironment,
        );
        let policy = Arc::new(checked.policy?);
        let registry = Registry::with(2, ManualClock::new());
        let clock = Clock::manual(1_000_000_000);
        let options = Options {
            clock: clock.clone(),
            canary: false,
            ..Options::default()
        };
        let engine = Engine::new(Metrics::native(registry.clone()), options);
        // Half of the program's own metrics are there before the policy that may clash with them.
        let (before, after) = case.calls.split_at(case.calls.len() / 2);
        before.iter().for_each(|call| call.on(&registry));
        let dispatch = Dispatch::new(Root::subscriber(Arc::clone(&engine)));
        let applied = dispatcher::with_default(&dispatch, || {
            engine.apply(policy, &NoTaps).ok()?;
            engine.installed();
            perform(&FAKES, &case.steps, |nanoseconds| {
                clock.advance(Duration::from_nanos(nanoseconds));
            });
            Some(())
        });
        applied?;
        after.iter().for_each(|call| call.on(&registry));
        let snapshot = registry.snapshot();
        let page = |format: Format| {
            String::from_utf8(format.render(&snapshot)).expect("a page of text is text")
        };
        Some(Self {
            text: page(Format::Text),
            openmetrics: page(Format::OpenMetrics),
            protobuf: Format::Protobuf.render(&snapshot),
            of: format!("{text}\n{:#?}", case.calls),
        })
    }
}
