//! A policy comes into force.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use rheostat_policy::Diagnostics;
use rheostat_policy::model::{CheckedPolicy, Level};

use super::core::{Applied, Engine};
use super::snapshot::{Era, Snapshot, key_of_callsite};
use crate::announce;
use crate::callsite::CallsiteId;
use crate::callsites;
use crate::internal::{self, Callback, Notice};
use crate::log_bridge;
use crate::output::{Output, Staging};
use crate::plan::PolicyImage;
use crate::sink::Taps;
use crate::spans;

/// The number of a policy in force: from 1, one more with each that is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(pub u64);

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// With more replaced tables than this waiting for readers, somebody is stuck.
const UNFREED: usize = 8;

impl<O: Output> Engine<O> {
    /// Puts a policy in force, all of it or nothing.
    ///
    /// Outputs stage it first; if one refuses, nothing has changed. To be called
    /// on a thread that may wait, and not from inside an output.
    ///
    /// # Errors
    ///
    /// What the outputs found; the policy before stays in force.
    pub fn apply(
        &self,
        policy: Arc<CheckedPolicy>,
        taps: &dyn Taps,
    ) -> Result<Generation, Diagnostics> {
        let mut applied = self.lock_applying();
        let before = self.era();
        let generation = applied.generation + 1;
        let staging = Staging {
            policy: &policy,
            generation,
            taps,
        };
        let staged = self
            .outputs
            .stage(&staging, before.as_ref().map(|era| &*era.staged))
            .map_err(|items| Diagnostics {
                source: policy.source.clone(),
                items,
            })?;
        let was = before.as_ref().map(|era| &*era.image);
        let image = PolicyImage::new(policy, was, &self.ground, generation);
        let staged = Arc::new(staged);
        let era = Era {
            measures: image.measures(),
            image: Arc::new(image),
            staged: staged.clone(),
        };
        self.put_in_force(Arc::new(era));
        applied.generation = generation;
        applied.rebuild_again = true;
        self.outputs.commit(&staged);
        drop(before);
        self.reclaim();
        self.tell_of_compiled_out();
        self.fire_canaries();
        Ok(Generation(generation))
    }

    /// What is to be done about once a second: ends rules whose time has come, frees what can be.
    pub fn tick(&self) {
        let mut applied = self.lock_applying();
        if let Some(era) = self.era()
            && era.image.expire()
        {
            // What only the rules that ended asked for is not measured any more.
            self.put_in_force(Arc::new(Era {
                measures: era.image.measures(),
                image: era.image.clone(),
                staged: era.staged.clone(),
            }));
            applied.rebuild_again = true;
        } else if std::mem::take(&mut applied.rebuild_again) {
            // A callsite may have registered under the policy before and stored its interest
            // after the last rebuild; by now that is done.
            self.rebuild();
        }
        self.reclaim();
        spans::all().sweep();
    }

    /// The mount is installed now: callsites that fired before are looked at, and canaries are fired.
    pub fn installed(&self) {
        let _one_at_a_time = self.lock_applying();
        self.rebuild();
        self.adjust_log_level();
        self.fire_canaries();
    }

    fn lock_applying(&self) -> MutexGuard<'_, Applied> {
        self.applying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The policy in force.
    pub(super) fn era(&self) -> Option<Arc<Era<O>>> {
        self.now.get(&announce::enter()).era.clone()
    }

    /// One swap for all outputs; then callsites learn of it.
    fn put_in_force(&self, era: Arc<Era<O>>) {
        self.canaries.want(era.image.level_hint());
        if era.measures.enters {
            // Before any span is opened whose enters are measured.
            self.has_measured_enters.store(true, Ordering::Relaxed);
        }
        let known = callsites::count();
        let (next, mut late) = {
            let callback = Callback::begin_always();
            Snapshot::of(era, self.now.get(&callback))
        };
        // No announcement of this thread lasts here, or the old table would wait for it.
        let retired = self.now.swap(next);
        {
            let callback = Callback::begin_always();
            let now = self.now.get(&callback);
            // Those that were not there yet when the table was made.
            late.extend((known..callsites::count()).map(CallsiteId));
            for callsite in late.into_iter().filter_map(callsites::get) {
                if now.find(key_of_callsite(callsite)).is_none() {
                    now.add_like(callsite, retired.value());
                }
            }
        }
        self.retire(retired);
        // Twice: a callsite may compute its interest from the old table and store it during
        // the first pass.
        self.rebuild();
        self.rebuild();
        self.adjust_log_level();
    }

    fn adjust_log_level(&self) {
        log_bridge::adjust_max_level();
    }

    /// Frees replaced tables that nobody can be reading any more.
    pub(super) fn reclaim(&self) {
        let mut free = Vec::new();
        for retired in self.retired.take() {
            match retired.reclaim() {
                Ok(snapshot) => free.push(snapshot),
                Err(retired) => self.retired.push(retired),
            }
        }
        let before = self.unfreed.fetch_sub(free.len(), Ordering::Relaxed);
        if before - free.len() > UNFREED {
            internal::notice(&Notice {
                code: "unfreed-tables",
                text:
                    "a thread has been inside one callback since before the last policies; their \
                       tables stay in memory until it leaves (a `Debug` that blocks?)"
                        .to_owned(),
            });
        }
        // Plans of others are dropped here, on the thread that applies, under no lock; what
        // they log is not heard.
        let _deaf = Callback::begin_always();
        drop(free);
    }

    fn tell_of_compiled_out(&self) {
        let (wanted, there) = (self.level_hint(), self.static_max_level);
        if wanted > there {
            internal::notice(&Notice {
                code: "compiled-out",
                text: format!(
                    "the policy wants records up to level {wanted}, but a `max_level_*` feature of tracing \
                     compiles out what is more verbose than {there}; remove that feature to see them"
                ),
            });
        }
    }

    fn fire_canaries(&self) {
        if let Some(missed) = self.with_default(|| self.canaries.fire()) {
            for level in missed {
                internal::notice(&missed_canary(level));
            }
        }
    }
}

fn missed_canary(level: Level) -> Notice {
    let level = level.as_str();
    Notice {
        code: "canary-missed",
        text: format!(
            "the policy wants records at level {level}, but a test record at that level did not arrive: \
             another layer, a filter or a `max_level_*` feature stands in front; give that one a level of \
             {level} or mount Rheostat as the root"
        ),
    }
}
