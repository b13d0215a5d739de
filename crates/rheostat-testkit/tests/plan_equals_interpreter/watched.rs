//! The real metrics, and a note of which way each record took to them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rheostat_core::output::{
    Direct, Look, LookAround, MatchedRule, Output, Settled, Staging, Tick, Timed,
};
use rheostat_core::plan::Planner;
use rheostat_core::scope::Scope;
use rheostat_core::{Callsite, Record};
use rheostat_metrics::{Metrics, MetricsPlan, MetricsStaged};
use rheostat_policy::{Diagnostic, Vocabulary};
use tracing_core::{Event, Metadata};

use crate::coverage::note;
use crate::fire::Fake;
use crate::sieve::Comparisons;
use crate::world::Step;

/// The metrics under test.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    pub(crate) metrics: Metrics,
    /// The callsites with a condition in front of their short way.
    sieved: Mutex<Vec<Arc<Sieved>>>,
}

#[derive(Debug)]
struct Sieved {
    metadata: &'static Metadata<'static>,
    comparisons: Comparisons,
    /// How many events it let through.
    held: AtomicU64,
}

/// What the metrics planned, and the condition in front of it.
#[derive(Debug)]
pub(crate) struct Planned {
    plan: MetricsPlan,
    sieved: Option<Arc<Sieved>>,
}

/// A short way that notes who takes it.
#[derive(Debug)]
struct Noted<W: ?Sized> {
    kind: String,
    sieved: Option<Arc<Sieved>>,
    way: Box<W>,
}

impl Watched {
    /// Notes which conditions held for what the program did, and which did not.
    pub(crate) fn note_conditions(&self, fakes: &[&'static Fake], steps: &[Step]) {
        let sieved = self.sieved.lock().unwrap_or_else(PoisonError::into_inner);
        for sieved in &*sieved {
            let fired = steps.iter().filter(|step| match step {
                Step::Event { site, values, .. } => {
                    fakes[*site].is(sieved.metadata) && sieved.comparisons.can_see(values)
                }
                _ => false,
            });
            let (fired, held) = (fired.count() as u64, sieved.held.load(Ordering::Relaxed));
            if held > 0 {
                sieved.comparisons.note(true);
            }
            if fired > held {
                sieved.comparisons.note(false);
            }
        }
    }
}

impl<W: ?Sized> Noted<W> {
    fn taken(&self, taken: bool) {
        note(format!("short {}", self.kind), taken);
        if let Some(sieved) = &self.sieved {
            sieved.held.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Tick for Noted<dyn Tick> {
    fn tick(&self) {
        self.way.tick();
        self.taken(true);
    }
}

impl Look for Noted<dyn Look> {
    fn look(&self, event: &Event<'_>) -> bool {
        let taken = self.way.look(event);
        self.taken(taken);
        taken
    }
}

impl LookAround for Noted<dyn LookAround> {
    fn look_around(&self, event: &Event<'_>, around: Scope<'_>) -> bool {
        let taken = self.way.look_around(event, around);
        self.taken(taken);
        taken
    }
}

impl Timed for Noted<dyn Timed> {
    fn closed(&self, nanoseconds: u64) {
        self.way.closed(nanoseconds);
        self.taken(true);
    }
}

/// The word that begins what a way shows of itself.
fn kind(way: &dyn std::fmt::Debug) -> String {
    let shown = format!("{way:?}");
    shown.split('(').next().unwrap_or_default().to_owned()
}

impl Output for Watched {
    type Staged = MetricsStaged;
    type Plan = Planned;

    fn vocabulary(&self) -> Vocabulary {
        self.metrics.vocabulary()
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        self.metrics.stage(staging, was)
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let plan = self.metrics.plan(staged, callsite, rules, planner)?;
        let comparisons = match rules {
            [only] => Comparisons::of(only.rule.condition.as_ref(), callsite),
            _ => None,
        };
        let sieved = comparisons.zip(callsite.metadata);
        let sieved = sieved.map(|(comparisons, metadata)| {
            Arc::new(Sieved {
                metadata,
                comparisons,
                held: AtomicU64::new(0),
            })
        });
        Some(Planned { plan, sieved })
    }

    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        let direct = self.metrics.direct(&plan.plan, settled);
        if !matches!(direct, Some(Direct::Tick(_))) {
            note("short Same", false);
        }
        let sieved = plan.sieved.clone();
        if let (Some(_), Some(sieved)) = (&direct, &sieved) {
            let mut all = self.sieved.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|other| !std::ptr::eq(other.metadata, sieved.metadata));
            all.push(Arc::clone(sieved));
        }
        Some(match direct? {
            Direct::Tick(way) => {
                let kind = kind(&way);
                Direct::Tick(Box::new(Noted { kind, sieved, way }))
            }
            Direct::Look(way) => {
                let kind = kind(&way);
                Direct::Look(Box::new(Noted { kind, sieved, way }))
            }
            Direct::LookAround(way) => {
                let kind = format!("{} around", kind(&way));
                Direct::LookAround(Box::new(Noted { kind, sieved, way }))
            }
        })
    }

    fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        let Some(way) = self.metrics.timed(&plan.plan, settled) else {
            note("short Lasted", false);
            return None;
        };
        let kind = kind(&way);
        let sieved = None;
        Some(Box::new(Noted { kind, sieved, way }))
    }

    fn commit(&self, staged: &Self::Staged) {
        self.metrics.commit(staged);
    }

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.metrics.event(&plan.plan, record);
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.metrics.span_open(&plan.plan, record);
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.metrics.span_close(&plan.plan, record);
    }
}
