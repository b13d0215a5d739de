//! Threads that come, do something, and go.

use crate::cases::global;
use crate::memory;

const AT_A_TIME: usize = 16;
const EVENTS: u64 = 1_000;

pub(super) fn kept(threads: usize) -> Result<f64, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let text = format!(
        "version = 1\n[sinks.lake]\ntype = 'file'\npath = '{}'\nfull = 'block'\n\
         [[rules]]\nmatch = {{ target = 'scale::event' }}\ncount = {{ metric = 'events_total', labels = ['route'] }}\n\
         [[rules]]\nmatch = {{ target = 'scale::record' }}\nstream = {{ sink = 'lake' }}\n\
         [[rules]]\nmatch = {{ target = 'scale::work', span = '*' }}\nhistogram = {{ metric = 'open_seconds', of = '@duration' }}\n",
        folder.path().join("lake.jsonl").display()
    );
    let telemetry = rheostat::builder()
        .policy_text(text)
        .init()
        .map_err(|error| error.to_string())?;
    let grown = come_and_go(threads)?;
    let page = telemetry.handle().scrape();
    let fired = (threads + 2 * AT_A_TIME) as u64 * EVENTS;
    for name in ["events_total{route=\"/orders\"}", "open_seconds_count"] {
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        let counted = line.and_then(|value| value.trim().parse::<u64>().ok());
        if counted != Some(fired) {
            return Err(format!("{fired} fired, {name} is {counted:?}"));
        }
    }
    Ok(grown)
}

pub(super) fn kept_by_registry(threads: usize) -> Result<f64, String> {
    let _installed = global(tracing_subscriber::registry());
    come_and_go(threads)
}

/// What memory grew by, in KiB, at least a page: a logarithm wants something.
fn come_and_go(threads: usize) -> Result<f64, String> {
    // As many as there will ever be at a time, twice.
    batch(AT_A_TIME);
    batch(AT_A_TIME);
    let before = memory::resident()?;
    let mut left = threads;
    while left > 0 {
        let now = left.min(AT_A_TIME);
        batch(now);
        left -= now;
    }
    let grown = memory::resident()?.saturating_sub(before);
    Ok(grown.max(4096) as f64 / 1024.0)
}

fn batch(threads: usize) {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for n in 0..EVENTS {
                    let _inside = tracing::info_span!(target: "scale::work", "work", n).entered();
                    tracing::info!(target: "scale::event", route = "/orders", "done");
                    if n % 10 == 0 {
                        tracing::info!(target: "scale::record", n, "kept");
                    }
                }
            });
        }
    });
}
