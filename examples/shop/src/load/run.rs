//! A run: so many visitors at once, until the visits or the time are used up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::arguments::Arguments;
use super::client::Visitor;
use super::report::Report;
use super::tally::Tally;

/// The longest that one request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes all visits and reports. Must be called inside a tokio runtime.
///
/// # Errors
///
/// [`LoadError`] if the run could not be made at all; requests that fail are
/// part of the report.
pub async fn run(arguments: &Arguments) -> Result<Report, LoadError> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(LoadError::Client)?;
    let visitor = Arc::new(Visitor {
        http,
        base: format!("http://{}", arguments.to),
        seed: arguments.seed,
        traced: arguments.traced,
        no_waits: arguments.no_waits,
    });
    let begun = Instant::now();
    let pace = Arc::new(Pace {
        next: AtomicU64::new(0),
        visits: arguments.visits,
        until: begun + arguments.limit,
    });
    let workers: Vec<_> = (0..arguments.at_once)
        .map(|_| tokio::spawn(work(Arc::clone(&visitor), Arc::clone(&pace))))
        .collect();
    let mut tally = Tally::default();
    for worker in workers {
        tally.add(worker.await.map_err(LoadError::Worker)?);
    }
    let begun_visits = pace.next.load(Ordering::Relaxed).min(arguments.visits);
    Ok(Report::new(
        tally,
        arguments.visits - begun_visits,
        begun.elapsed(),
    ))
}

/// Which visit comes next, shared by all workers.
struct Pace {
    next: AtomicU64,
    visits: u64,
    until: Instant,
}

async fn work(visitor: Arc<Visitor>, pace: Arc<Pace>) -> Tally {
    let mut tally = Tally::default();
    while Instant::now() < pace.until {
        let n = pace.next.fetch_add(1, Ordering::Relaxed);
        if n >= pace.visits {
            break;
        }
        visitor.visit(n, &mut tally).await;
    }
    tally
}

/// Why there is no report.
#[derive(Debug)]
pub enum LoadError {
    /// The HTTP client could not be built.
    Client(reqwest::Error),
    /// A worker panicked.
    Worker(tokio::task::JoinError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(_) => f.write_str("cannot build the HTTP client"),
            Self::Worker(_) => f.write_str("a worker ended early"),
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(source) => Some(source),
            Self::Worker(source) => Some(source),
        }
    }
}
