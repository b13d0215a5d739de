//! The engine's parts.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tracing_core::LevelFilter;
use tracing_core::dispatcher::WeakDispatch;

use super::interest::Mark;
use super::snapshot::Snapshot;
use crate::canary::Canaries;
use crate::clock::Clock;
use crate::ledger::Ledger;
use crate::output::Output;
use crate::plan::Ground;
use crate::spans;
use crate::stack::Stack;
use crate::table::{Retired, Swapped};

/// What an engine is made with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where moments come from. Default: the system's clock.
    pub clock: Clock,
    /// Whether canaries are fired after each policy. Default: yes.
    pub canary: bool,
    /// The level beyond which callsites are compiled out (`tracing`'s `max_level_*` features): a policy that asks
    /// for more is told. Default: none is.
    pub static_max_level: LevelFilter,
    /// How many spans may be kept open, in the whole process. Default: 131,072.
    pub open_spans: u32,
    /// How many bytes open spans may have captured, in the whole process. Default: 64 MiB.
    pub captured_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            canary: true,
            static_max_level: LevelFilter::TRACE,
            open_spans: 1 << 17,
            captured_bytes: 64 << 20,
        }
    }
}

/// Applies policies to what fires.
///
/// Made once, handed to a mount, and told of each policy with
/// [`apply`](Self::apply). Until the first one it wants nothing.
#[derive(Debug)]
pub struct Engine<O: Output> {
    pub(super) mark: Mark,
    pub(super) outputs: O,
    pub(super) ground: Ground,
    pub(super) now: Swapped<Snapshot<O>>,
    pub(crate) canaries: Canaries,
    pub(super) static_max_level: LevelFilter,
    /// The dispatcher that the mount was registered with.
    pub(super) dispatch: OnceLock<WeakDispatch>,
    /// Held while a policy is applied, so that only one is at a time.
    pub(super) applying: Mutex<Applied>,
    /// What was replaced and may still be read.
    pub(super) retired: Stack<Retired<Snapshot<O>>>,
    /// How many those are.
    pub(super) unfreed: AtomicUsize,
    /// Whether any policy so far asked for the enters of spans.
    pub(super) has_measured_enters: AtomicBool,
    /// Spans that were over the cap.
    pub(super) unkept: AtomicU64,
    /// Whether other subscribers or layers share the mount.
    pub(super) others: AtomicBool,
}

/// What is remembered of applying.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The last generation given.
    pub(super) generation: u64,
    /// Another rebuild of interests is due, for callsites that registered during the last one.
    pub(super) rebuild_again: bool,
}

impl<O: Output> Engine<O> {
    /// An engine without a policy.
    pub fn new(outputs: O, options: Options) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        spans::all().set_caps(options.open_spans, options.captured_bytes);
        Arc::new(Self {
            mark: Mark {
                engine: NEXT.fetch_add(1, Ordering::Relaxed),
            },
            outputs,
            ground: Ground::new(options.clock),
            now: Swapped::new(Snapshot::without_policy()),
            canaries: Canaries::new(options.canary),
            static_max_level: options.static_max_level,
            dispatch: OnceLock::new(),
            applying: Mutex::default(),
            retired: Stack::new(),
            unfreed: AtomicUsize::new(0),
            has_measured_enters: AtomicBool::new(false),
            unkept: AtomicU64::new(0),
            others: AtomicBool::new(false),
        })
    }

    /// The outputs.
    pub fn outputs(&self) -> &O {
        &self.outputs
    }

    /// Where records are accounted for, under all policies of this engine.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ground.ledger
    }

    /// Where its moments come from.
    pub fn clock(&self) -> &Clock {
        &self.ground.clock
    }

    /// Its number, by which its spans are told from those of others.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.mark.engine
    }

    /// A replaced table waits for its readers.
    pub(super) fn retire(&self, retired: Retired<Snapshot<O>>) {
        self.unfreed.fetch_add(1, Ordering::Relaxed);
        self.retired.push(retired);
    }
}
