//! A stream into a file, until all of it is written.

use std::time::{Duration, Instant};

use super::{Bound, Line};
use crate::cases::record;

const RECORDS: u64 = 1_000_000;

pub(super) fn measure() -> Result<Vec<Line>, String> {
    let directory = std::env::temp_dir().join(format!("rheostat-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let path = directory.join("records.jsonl");
    let text = format!(
        "version = 1\n[sinks.out]\ntype = 'file'\npath = '{}'\nfull = 'block'\n\
         [[rules]]\nmatch = {{ target = 'bench::record' }}\nstream = {{ sink = 'out' }}\n",
        path.display()
    );
    let guard = rheostat::builder()
        .policy_text(text)
        .init()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    record(RECORDS);
    let _report = guard.handle().flush(Duration::from_secs(120));
    let took = start.elapsed().as_secs_f64();
    drop(guard);
    let written = std::fs::read(&path).map_err(|error| error.to_string())?;
    let lines = written.iter().filter(|byte| **byte == b'\n').count() as f64;
    std::fs::remove_dir_all(&directory).map_err(|error| error.to_string())?;
    Ok(vec![
        Line {
            what: "file sink, JSON lines, one producer that waits when the queue is full",
            reached: lines / took / 1e6,
            unit: "M records/s",
            bound: Some(Bound::AtLeast(1.0)),
        },
        Line {
            what: "the same: records lost",
            reached: RECORDS as f64 - lines,
            unit: "records",
            bound: Some(Bound::AtMost(0.0)),
        },
    ])
}
