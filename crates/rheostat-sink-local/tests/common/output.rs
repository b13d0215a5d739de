//! The engine with one output that hands records to sinks, as `stream` and `log` do.

use std::sync::Arc;

use rheostat_core::engine::{Engine, Options};
use rheostat_core::flow::{Carriage, Carrier};
use rheostat_core::mount::Root;
use rheostat_core::{Callsite, MatchedRule, Output, Planner, Record, Staging};
use rheostat_policy::vocabulary::RecordClass;
use rheostat_policy::{Diagnostic, Vocabulary, first_party};
use rheostat_queue::Queues;

/// Hands the records of every `stream` and `log` over.
pub struct Records;

impl Output for Records {
    type Staged = Carriage;
    type Plan = Vec<Carrier>;

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        _was: Option<&Carriage>,
    ) -> Result<Carriage, Vec<Diagnostic>> {
        Ok(Carriage::new(staging))
    }

    fn plan(
        &self,
        staged: &Carriage,
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Vec<Carrier>> {
        let mut carriers = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                let class = match action.action.name {
                    "log" => RecordClass::Logs,
                    _ => RecordClass::Events,
                };
                carriers.extend(Carrier::new(staged, class, rule, action, planner));
            }
        }
        Some(carriers)
    }

    fn commit(&self, _staged: &Carriage) {}

    fn event(&self, plan: &Vec<Carrier>, record: &Record<'_>) {
        plan.iter().for_each(|carrier| carrier.carry(record));
    }

    fn span_open(&self, plan: &Vec<Carrier>, record: &Record<'_>) {
        self.event(plan, record);
    }

    fn span_close(&self, plan: &Vec<Carrier>, record: &Record<'_>) {
        self.event(plan, record);
    }
}

/// A program under a policy.
pub struct Program {
    pub engine: Arc<Engine<Records>>,
    pub queues: Queues,
}

impl Program {
    pub fn new() -> Self {
        Self {
            engine: Engine::new(Records, Options::default()),
            queues: Queues::new(rheostat_sink_local::all()),
        }
    }

    pub fn apply(&self, text: &str) {
        let policy = super::read(text);
        let staged = self.queues.stage(&policy).expect("the sinks open");
        if let Err(findings) = self.engine.apply(policy, &staged) {
            panic!("{findings:#?}");
        }
        self.queues.commit(staged);
    }

    /// Runs something under the policy, on this thread.
    pub fn run(&self, something: impl FnOnce()) {
        let root = Root::subscriber(self.engine.clone());
        tracing::subscriber::with_default(root, || {
            self.engine.installed();
            something();
        });
        super::flush(&self.queues);
    }
}
