//! An accelerated day: events by the million, reloads, threads and series that come and go; memory stays flat
//! and nothing is lost.

mod books;
mod policy;
mod report;
mod work;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::memory;
use books::Books;
use report::{Outcome, Sample};

/// How much of a day there is.
#[derive(Clone, Copy, Debug)]
struct Extent {
    events: u64,
    reloads: u64,
    /// Events of one thread before it ends and another comes: a whole number of those that make a span or a record.
    a_thread: u64,
}

const DAY: Extent = Extent {
    events: 100_000_000,
    reloads: 200,
    a_thread: 100_000,
};

const SHORT: Extent = Extent {
    events: 1_000_000,
    reloads: 20,
    a_thread: 4_000,
};

/// How many times memory is looked at.
const SAMPLES: u64 = 400;

/// Runs a day, or with `--short` a minute of it; `--write FOLDER` writes the report there.
///
/// # Errors
///
/// An unknown word, whatever could not be done, or what did not hold.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let (mut extent, mut folder) = (DAY, None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--short" => extent = SHORT,
            "--write" => folder = Some(*rest.next().ok_or("`--write` needs a folder")?),
            other => {
                return Err(format!(
                    "`{other}` is not an option of soak: --short, --write FOLDER"
                ));
            }
        }
    }
    let outcome = day(extent)?;
    let page = outcome.page();
    print!("{page}");
    if let Some(folder) = folder {
        outcome.write(folder)?;
    }
    outcome.verdict()
}

fn day(extent: Extent) -> Result<Outcome, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let before = memory::resident()?;
    let first = policy::text(folder.path(), 0);
    let bound = policy::bound(&first)?;
    let telemetry = rheostat::builder()
        .policy_text(first)
        .init()
        .map_err(|error| error.to_string())?;
    let handle = telemetry.handle();
    let fired = AtomicU64::new(0);
    let begun = Instant::now();
    let (mut samples, mut threads) = (Vec::new(), 0);
    let reloads = std::thread::scope(|scope| {
        let lanes = work::lanes(scope, extent.events, extent.a_thread, &fired);
        let mut applied = 0;
        for nth in 1..=SAMPLES {
            let due = extent.events / SAMPLES * nth;
            while fired.load(Ordering::Relaxed) < due
                && !lanes.iter().all(|lane| lane.is_finished())
            {
                std::thread::sleep(Duration::from_millis(1));
            }
            let events = fired.load(Ordering::Relaxed);
            samples.push(Sample::new(begun, events)?);
            while applied < extent.reloads * nth / SAMPLES {
                applied += 1;
                let text = policy::text(folder.path(), applied);
                handle
                    .reload(&text)
                    .map_err(|refused| refused.to_string())?;
            }
        }
        for lane in lanes {
            threads += lane.join().map_err(|_| "a thread died".to_owned())?;
        }
        Ok::<_, String>(applied)
    })?;
    let left = handle.flush(Duration::from_secs(60));
    if !left.waiting.is_empty() {
        return Err("what was streamed was not delivered within a minute".to_owned());
    }
    samples.push(Sample::new(begun, fired.load(Ordering::Relaxed))?);
    Ok(Outcome {
        books: Books::of(&handle.scrape(), fired.into_inner()),
        samples,
        before,
        bound,
        threads,
        reloads,
        took: begun.elapsed(),
    })
}
