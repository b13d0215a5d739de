//! The thread that empties all pipes.
//!
//! It has a runtime of its own, so that nothing ever enters the host's, and
//! lives as long as somebody holds its [`Worker`].

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::pin::pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::queue::{Next, Pipe};
use super::retry::Pauses;
use super::settings::Settings;
use super::waiting::Waiting;
use crate::export::Answer;
use crate::held::HeldTraces;
use crate::judged::Judged;
use crate::options::TraceOptions;

/// As long beyond its timeout a client gets to say itself that it has none.
const SPARE: Duration = Duration::from_secs(1);

/// How often traces that wait are looked over.
const SWEEP: Duration = Duration::from_secs(1);

/// The worker's handle; dropping it lets the thread end once every pipe is closed and empty.
pub(crate) struct Worker {
    /// Gone once the thread was told to end.
    pipes: Mutex<Option<UnboundedSender<Arc<Pipe>>>>,
    /// Disconnected when the thread has ended.
    ended: Mutex<Receiver<Infallible>>,
}

impl Worker {
    /// Starts the thread.
    pub(crate) fn start(
        options: &TraceOptions,
        held: Arc<HeldTraces>,
        judged: Arc<Judged>,
    ) -> io::Result<Self> {
        let (send, receive) = unbounded_channel();
        let (running, ended) = channel();
        let options = options.clone();
        let on_start = options.on_thread_start;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            // Its helpers look up names; they are ours as much as the thread itself.
            .on_thread_start(on_start)
            .thread_name("rheostat-trace")
            .build()?;
        std::thread::Builder::new()
            .name("rheostat-trace".to_owned())
            .spawn(move || {
                on_start();
                runtime.block_on(run(receive, options, &held, &judged));
                drop(running);
            })?;
        Ok(Self {
            pipes: Mutex::new(Some(send)),
            ended: Mutex::new(ended),
        })
    }

    /// Empties this pipe too, from now on.
    pub(crate) fn serve(&self, pipe: Arc<Pipe>) {
        if let Some(pipes) = &*self.pipes.lock().unwrap_or_else(PoisonError::into_inner) {
            // It fails only when the thread is gone, and then the pipes were abandoned.
            let _ = pipes.send(pipe);
        }
    }

    /// Lets the thread end when every pipe is closed and empty, and waits for it until then.
    pub(crate) fn end(&self, until: Instant) -> bool {
        self.pipes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = until.saturating_duration_since(Instant::now());
        matches!(
            ended.recv_timeout(limit),
            Err(RecvTimeoutError::Disconnected)
        )
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worker")
    }
}

async fn run(
    mut pipes: UnboundedReceiver<Arc<Pipe>>,
    options: TraceOptions,
    held: &HeldTraces,
    judged: &Judged,
) {
    let mut tasks = tokio::task::JoinSet::new();
    let mut sweep = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            pipe = pipes.recv() => match pipe {
                Some(pipe) => {
                    tasks.spawn(drive(pipe, options.clone()));
                }
                None => break,
            },
            _ = sweep.tick() => {
                held.sweep(Instant::now());
                judged.sweep(Instant::now());
            }
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Empties one pipe until it is closed and empty.
async fn drive(pipe: Arc<Pipe>, options: TraceOptions) {
    let mut line = Line {
        pipe,
        options,
        told: None,
    };
    loop {
        match line.pipe.next(Instant::now()) {
            Next::Batch(batch, settings) => line.ship(batch, settings).await,
            Next::Wait(None) => line.pipe.wake.notified().await,
            Next::Wait(Some(due)) => {
                // Whichever comes first; the pipe is asked again anyway.
                let _ = tokio::time::timeout_at(due.into(), line.pipe.wake.notified()).await;
            }
            Next::Closed => return,
        }
    }
}

/// One pipe, and what people were told about it.
struct Line {
    pipe: Arc<Pipe>,
    options: TraceOptions,
    told: Option<String>,
}

/// What became of a piece of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shipped {
    /// Each of its spans came to an end.
    Settled,
    /// Its parts are to be tried.
    Refused,
}

impl Line {
    /// Ships a batch; one that is refused is halved, until each span to blame stands alone.
    async fn ship(&mut self, batch: Vec<Waiting>, settings: Arc<Settings>) {
        let mut pieces = vec![batch];
        while let Some(mut piece) = pieces.pop() {
            if self.ship_piece(&piece, &settings).await == Shipped::Refused {
                let back = piece.split_off(piece.len() / 2);
                pieces.push(back);
                pieces.push(piece);
            }
        }
        self.pipe.settled();
    }

    /// Ships a piece of a batch, or gives it up and counts it.
    async fn ship_piece(&mut self, batch: &[Waiting], settings: &Arc<Settings>) -> Shipped {
        let began = Instant::now();
        let mut pauses = Pauses::new(settings, batch.len() as u64 ^ std::process::id() as u64);
        let mut settings = Arc::clone(settings);
        loop {
            if self.pipe.is_abandoned() {
                self.pipe.settle(batch, Cause::Shutdown);
                break;
            }
            match self.attempt(batch, &settings).await {
                Answer::Delivered { refused, why } => {
                    let refused = usize::try_from(refused)
                        .unwrap_or(usize::MAX)
                        .min(batch.len());
                    let (lost, taken) = batch.split_at(refused);
                    self.pipe.settle(lost, Cause::Destination);
                    self.pipe.settle(taken, Cause::Delivered);
                    self.went(why, true);
                    break;
                }
                Answer::Refused { why } if batch.len() > 1 => {
                    self.went(Some(why), true);
                    return Shipped::Refused;
                }
                Answer::Refused { why } => {
                    self.pipe.settle(batch, Cause::Destination);
                    self.went(Some(why), true);
                    break;
                }
                Answer::Later { .. } if self.pipe.is_abandoned() => {}
                Answer::Later { after, why } => {
                    self.went(Some(why), false);
                    let pause = pauses.next(after);
                    if began.elapsed() + pause > settings.retry_for {
                        self.pipe.settle(batch, Cause::RetryLimit);
                        break;
                    }
                    // A changed sink is tried at once: the new address may be the cure.
                    let _ = tokio::time::timeout(pause, self.pipe.changed.notified()).await;
                    settings = self.pipe.settings();
                }
            }
        }
        Shipped::Settled
    }

    async fn attempt(&mut self, batch: &[Waiting], settings: &Arc<Settings>) -> Answer {
        let spans = batch.iter().map(|span| span.data.clone()).collect();
        let mut attempt = pin!(tokio::time::timeout(
            settings.timeout + SPARE,
            settings.connection.export(spans, &settings.resource)
        ));
        let answer = loop {
            tokio::select! {
                answer = &mut attempt => break answer,
                () = self.pipe.changed.notified() => {
                    if self.pipe.is_abandoned() {
                        return Answer::Later { after: None, why: "the program ends".to_owned() };
                    }
                }
            }
        };
        answer.unwrap_or_else(|_| Answer::Later {
            after: None,
            why: format!("no answer within {} s", settings.timeout.as_secs_f64()),
        })
    }

    /// Notes how an attempt went, and tells people once, until something else is wrong or nothing is.
    fn went(&mut self, why: Option<String>, answered: bool) {
        match &why {
            Some(why) => self.pipe.went_wrong(why, !answered),
            None => self.pipe.went_well(),
        }
        if self.told == why {
            return;
        }
        if let Some(why) = &why {
            let settings = self.pipe.settings();
            (self.options.tell)(&format!(
                "sink `{}` cannot ship spans to {}: {why}",
                settings.sink, settings.connection
            ));
        }
        self.told = why;
    }
}
