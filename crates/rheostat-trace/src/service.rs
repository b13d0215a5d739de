//! What all parts share, for as long as the program runs.
//!
//! Pipes outlive policies: a sink that keeps its name keeps its pipe and what
//! waits in it, however its table was changed.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use rheostat_core::flow::in_child;
use tracing_core::Subscriber;
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;

use crate::bridge::{
    BridgeLayer, BridgeSpans, BridgeSubscriber, LayerParts, ShipFilter, ShipLayer, Wanted,
};
use crate::dropped::Dropped;
use crate::held::HeldTraces;
use crate::judged::Judged;
use crate::options::TraceOptions;
use crate::pipe::{Pipe, Settings, Worker};
use crate::processor::Dispatcher;
use crate::sampler::ByChoice;
use crate::ticket::Tickets;
use crate::tracer::ShipTracer;

/// The parts that the output, the bridge and the worker share.
pub(crate) struct Service {
    pub(crate) wanted: Arc<Wanted>,
    pub(crate) judged: Arc<Judged>,
    pub(crate) dropped: Arc<Dropped>,
    held: Arc<HeldTraces>,
    tickets: Arc<Tickets>,
    panics: Arc<AtomicU64>,
    bridged: AtomicBool,
    provider: SdkTracerProvider,
    options: TraceOptions,
    pipes: Mutex<Pipes>,
}

#[derive(Default)]
struct Pipes {
    /// The pipes of the policy in force.
    open: HashMap<Arc<str>, Arc<Pipe>>,
    /// Pipes of sinks that are gone, until they are empty.
    closing: Vec<Arc<Pipe>>,
    /// Started with the first pipe: a program without `trace` rules has no thread for them.
    worker: Option<Worker>,
}

/// What the trace output counts of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceStats {
    /// Finished spans that wait for their local root, because `keep` may want them.
    pub held: usize,
    /// Spans that could not wait (any longer) for their local root, and were judged by `sample`.
    pub overflowed: u64,
    /// How often a `Debug` or `Display` of the program's panicked while a span was made of it.
    pub panics: u64,
    /// Each sink, by name.
    pub sinks: Vec<SinkStats>,
}

/// What is known of one sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkStats {
    /// The sink's name.
    pub sink: Arc<str>,
    /// Whether the last attempt went well, or there was none yet.
    pub up: bool,
    /// Spans that wait, those being delivered included.
    pub records: usize,
    /// About how much memory they hold, in bytes.
    pub bytes: usize,
    /// How many attempts failed.
    pub failures: u64,
    /// What was in the way last.
    pub last_failure: Option<String>,
    /// Spans that it took.
    pub delivered: u64,
    /// Spans that waited for it and were lost.
    pub lost: u64,
}

impl SinkStats {
    /// Adds what an earlier pipe of the same sink still holds.
    fn add(&mut self, earlier: &Self) {
        self.records += earlier.records;
        self.bytes += earlier.bytes;
        self.failures += earlier.failures;
        self.delivered += earlier.delivered;
        self.lost += earlier.lost;
    }
}

impl Service {
    pub(crate) fn new(options: TraceOptions) -> Self {
        let provider = SdkTracerProvider::builder()
            .with_sampler(ByChoice)
            // The policy's own caps are on bytes; a declared field is not left out for its number.
            .with_max_attributes_per_span(1024)
            .with_max_attributes_per_event(1024)
            .with_span_processor(Dispatcher)
            .build();
        Self {
            wanted: Arc::default(),
            judged: Arc::default(),
            dropped: Arc::default(),
            held: Arc::new(HeldTraces::new()),
            tickets: Arc::default(),
            panics: Arc::default(),
            bridged: AtomicBool::new(false),
            provider,
            options,
            pipes: Mutex::default(),
        }
    }

    /// The bridge, on a Registry of its own.
    pub(crate) fn subscriber(&self) -> BridgeSubscriber {
        BridgeSpans::new().with(self.layer())
    }

    /// The bridge, for a Registry of the host's.
    pub(crate) fn layer<S>(&self) -> BridgeLayer<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        // Asked for on the thread that mounts, or after it: the bridge is made before the root is.
        self.bridged.store(true, Ordering::Relaxed);
        let sdk = self.provider.tracer("rheostat");
        let tracer = ShipTracer::new(sdk, Arc::clone(&self.tickets), Arc::clone(&self.held));
        let parts = LayerParts {
            tickets: Arc::clone(&self.tickets),
            judged: Arc::clone(&self.judged),
            panics: Arc::clone(&self.panics),
        };
        ShipLayer::new(tracer, parts).with_filter(ShipFilter::new(Arc::clone(&self.wanted)))
    }

    /// Whether anybody asked for a bridge: without one nothing makes spans.
    pub(crate) fn is_bridged(&self) -> bool {
        self.bridged.load(Ordering::Relaxed)
    }

    /// The pipe of a sink that may come into force: the one there is, or a new one that nobody empties yet.
    pub(crate) fn pipe(&self, settings: &Settings) -> Arc<Pipe> {
        match self.lock().open.get(&settings.sink) {
            Some(pipe) => Arc::clone(pipe),
            None => Arc::new(Pipe::new(settings.clone())),
        }
    }

    /// These pipes are in force, with these settings; others are closed and emptied.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub(crate) fn commit(&self, in_force: &[(Arc<Pipe>, Settings)]) -> io::Result<()> {
        let mut pipes = self.lock();
        if pipes.worker.is_none() && !in_force.is_empty() {
            let worker = Worker::start(
                &self.options,
                Arc::clone(&self.held),
                Arc::clone(&self.judged),
            )?;
            pipes.worker = Some(worker);
        }
        let mut before = std::mem::take(&mut pipes.open);
        for (pipe, settings) in in_force {
            let was = before.remove(&settings.sink);
            if was.is_none()
                && let Some(worker) = &pipes.worker
            {
                worker.serve(Arc::clone(pipe));
            }
            if *pipe.settings() != *settings {
                pipe.set(settings.clone());
            }
            pipes
                .open
                .insert(Arc::clone(&settings.sink), Arc::clone(pipe));
        }
        pipes.closing.retain(|pipe| pipe.pending() > 0);
        for pipe in before.into_values() {
            pipe.close();
            pipes.closing.push(pipe);
        }
        Ok(())
    }

    /// Ships what waits in the pipes, and waits at most so long for it; whether all of it went.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        if in_child() {
            return true;
        }
        let until = Instant::now() + limit;
        let all = self.all_pipes();
        all.iter().for_each(|pipe| pipe.hurry());
        all.iter().all(|pipe| pipe.wait_settled(until))
    }

    /// Ships what waits, anywhere, and ends the thread; what is not gone by then is counted as lost.
    ///
    /// Answers how many spans were lost.
    pub(crate) fn shutdown(&self, limit: Duration) -> u64 {
        if in_child() {
            return 0;
        }
        let until = Instant::now() + limit;
        self.held.end();
        let all = self.all_pipes();
        for pipe in &all {
            pipe.hurry();
            pipe.close();
        }
        let lost = |all: &[Arc<Pipe>]| -> u64 { all.iter().map(|pipe| pipe.ends().1).sum() };
        let before = lost(&all);
        for pipe in &all {
            if !pipe.wait_settled(until) {
                pipe.abandon();
            }
        }
        if let Some(worker) = self.lock().worker.take() {
            // Abandoned pipes are settled at once; the second is for a machine that is busy with other things.
            worker.end(until.max(Instant::now() + Duration::from_secs(1)));
        }
        lost(&all) - before
    }

    pub(crate) fn stats(&self) -> TraceStats {
        let mut sinks: Vec<SinkStats> = Vec::new();
        for sink in self.all_pipes().iter().map(|pipe| stats_of(pipe)) {
            // A sink that left and came back has two pipes until the first is empty; the one in force comes first.
            match sinks.iter_mut().find(|known| known.sink == sink.sink) {
                Some(known) => known.add(&sink),
                None => sinks.push(sink),
            }
        }
        sinks.sort_by(|a, b| a.sink.cmp(&b.sink));
        TraceStats {
            held: self.held.waiting(),
            overflowed: self.held.overflowed(),
            panics: self.panics.load(Ordering::Relaxed),
            sinks,
        }
    }

    pub(crate) fn tell(&self, line: &str) {
        (self.options.tell)(line);
    }

    fn all_pipes(&self) -> Vec<Arc<Pipe>> {
        let pipes = self.lock();
        pipes.open.values().chain(&pipes.closing).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Pipes> {
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}

fn stats_of(pipe: &Pipe) -> SinkStats {
    let (delivered, lost) = pipe.ends();
    let health = pipe.health();
    SinkStats {
        sink: Arc::clone(&pipe.settings().sink),
        up: !health.is_down,
        records: pipe.pending(),
        bytes: pipe.bytes(),
        failures: health.failures,
        last_failure: health.last_failure,
        delivered,
        lost,
    }
}
