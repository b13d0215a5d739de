//! What Rheostat counts of itself, as metrics beside the policy's.
#![cfg(feature = "metrics")]

use std::time::UNIX_EPOCH;

use rheostat_metrics::{FamilySnapshot, Kind};
use rheostat_queue::SinkStatus;

use crate::guard::Handle;
use crate::linked::{Figures, metrics, trace};
use crate::memory::MemoryBound;

/// Adds everything that is known now.
pub(crate) fn collect(handle: &Handle, families: &mut Vec<FamilySnapshot>) {
    policy(handle, families);
    memory(handle, families);
    records(handle, families);
    engine(handle, families);
}

fn policy(handle: &Handle, families: &mut Vec<FamilySnapshot>) {
    let status = handle.status();
    let applied_at = status
        .applied_at
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    families.push(gauge(
        "rheostat_policy_generation",
        "The policy in force, counted from 1; 0 for none.",
        status.generation as f64,
    ));
    families.push(FamilySnapshot::computed(
        "rheostat_policy_reloads_total",
        Kind::Counter,
        "Policy texts that were offered, by what came of them.",
        &["result"],
        [
            (vec!["applied"], status.applied as f64),
            (vec!["unchanged"], status.unchanged as f64),
            (vec!["refused"], status.refused as f64),
        ],
    ));
    families.push(gauge(
        "rheostat_policy_last_applied_timestamp_seconds",
        "When the policy in force was applied.",
        applied_at.map_or(0.0, |at| at.as_secs_f64()),
    ));
    families.push(gauge(
        "rheostat_policy_refused",
        "1 while the newest policy text is not in force, because it was refused.",
        f64::from(u8::from(status.is_refused())),
    ));
    families.push(gauge(
        "rheostat_policy_unhonoured",
        "Things that the policy asks of its metrics and their backend cannot do.",
        metrics::unhonoured(&*handle.live.engine) as f64,
    ));
}

/// What `rheostat check --memory` would say of the policy in force.
fn memory(handle: &Handle, families: &mut Vec<FamilySnapshot>) {
    let Some(image) = handle.live.engine.image() else {
        return;
    };
    let bound = MemoryBound::of_this_machine(image.policy());
    families.push(FamilySnapshot::computed(
        "rheostat_memory_bound_bytes",
        Kind::Gauge,
        "The most memory that Rheostat can take under the policy in force, by part.",
        &["part"],
        bound
            .by_part()
            .into_iter()
            .map(|(part, bytes)| (vec![part], bytes as f64)),
    ));
}

fn records(handle: &Handle, families: &mut Vec<FamilySnapshot>) {
    let queues = handle.live.queues.status();
    let mut sinks: Vec<_> = queues
        .iter()
        .map(|queue| Figures {
            sink: queue.sink.clone(),
            up: queue.up,
            records: queue.records,
            bytes: queue.bytes,
        })
        .collect();
    if let Some(traces) = &handle.live.traces {
        trace::sinks(traces)
            .into_iter()
            .for_each(|spans| merge(spans, &mut sinks));
    }
    let mut by_sink = |name, help, value: fn(&Figures) -> f64| {
        let series = sinks.iter().map(|sink| (vec![&*sink.sink], value(sink)));
        families.push(FamilySnapshot::computed(
            name,
            Kind::Gauge,
            help,
            &["sink"],
            series,
        ));
    };
    by_sink(
        "rheostat_queue_records",
        "Records that wait for a sink.",
        |sink| sink.records as f64,
    );
    by_sink(
        "rheostat_queue_bytes",
        "Memory of the records that wait for a sink.",
        |sink| sink.bytes as f64,
    );
    by_sink(
        "rheostat_sink_up",
        "1 while the last attempt to deliver went well, of records and of metrics.",
        |sink| f64::from(u8::from(sink.up)),
    );
    of_queues(&queues, families);
}

/// What sinks behind queues have besides.
fn of_queues(queues: &[SinkStatus], families: &mut Vec<FamilySnapshot>) {
    let mut by_sink = |name, kind, help, value: fn(&SinkStatus) -> f64| {
        let series = queues.iter().map(|sink| (vec![&*sink.sink], value(sink)));
        families.push(FamilySnapshot::computed(
            name,
            kind,
            help,
            &["sink"],
            series,
        ));
    };
    by_sink(
        "rheostat_queue_disk_bytes",
        Kind::Gauge,
        "Disk space of the records that wait for a sink.",
        |sink| sink.disk_bytes as f64,
    );
    by_sink(
        "rheostat_sink_failures_total",
        Kind::Counter,
        "Attempts to deliver that failed.",
        |sink| sink.failures as f64,
    );
    by_sink(
        "rheostat_points_refused_total",
        Kind::Counter,
        "Points of metrics that a sink refused for good.",
        |sink| sink.points_refused as f64,
    );
}

/// A sink of records may have spans that wait for it too: it is told of once.
fn merge(spans: Figures, sinks: &mut Vec<Figures>) {
    match sinks.iter_mut().find(|known| known.sink == spans.sink) {
        Some(known) => {
            known.up &= spans.up;
            known.records += spans.records;
            known.bytes += spans.bytes;
        }
        None => sinks.push(spans),
    }
}

/// The engine's samples, those of one metric together.
fn engine(handle: &Handle, families: &mut Vec<FamilySnapshot>) {
    let mut samples = handle.live.engine.samples();
    samples.sort_by_key(|sample| sample.name);
    for of_one in samples.chunk_by(|a, b| a.name == b.name) {
        let first = &of_one[0];
        let kind = if first.counter {
            Kind::Counter
        } else {
            Kind::Gauge
        };
        let labels: Vec<&str> = first.labels.iter().map(|(name, _)| *name).collect();
        let series = of_one.iter().map(|sample| {
            (
                sample.labels.iter().map(|(_, value)| &**value).collect(),
                sample.value,
            )
        });
        families.push(FamilySnapshot::computed(
            first.name, kind, first.help, &labels, series,
        ));
    }
}

fn gauge(name: &str, help: &str, value: f64) -> FamilySnapshot {
    FamilySnapshot::computed(name, Kind::Gauge, help, &[], [(vec![], value)])
}
