//! The most memory that Rheostat can take under a policy, itemised.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rheostat_core::memory;
use rheostat_policy::CheckedPolicy;
use rheostat_policy::vocabulary::RecordClass;
use rheostat_queue::Settings;

use crate::json;
use crate::linked::{metrics, trace};

/// What a worker thread holds besides its queue: its runtime, a connection, buffers, the used part of its stack.
const WORKER: u64 = 1 << 20;

/// What is there whatever a policy says: announcements, numbers, the drainer's and the watcher's threads.
const BASE: u64 = 4 << 20;

/// The most memory that Rheostat can take under a policy, and for what.
///
/// ```
/// # use rheostat_policy::{NoEnvironment, check, first_party};
/// let text = b"version = 1\n[[rules]]\nmatch = { target = 'shop' }\ncount = { metric = 'sold_total' }";
/// let policy = check(text, "policy", &first_party::vocabulary(), &NoEnvironment).policy.unwrap();
/// let bound = rheostat::MemoryBound::of(&policy, 8);
/// assert_eq!(bound.bytes(), bound.parts.iter().map(|part| part.bytes).sum::<u64>());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryBound {
    /// How many threads are taken to record.
    pub threads: u64,
    /// What there is, the largest of each kind first.
    pub parts: Vec<MemoryPart>,
}

/// One part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryPart {
    /// What kind of thing it is: `series`, `rings`, `queue`, …
    pub part: &'static str,
    /// The metric or sink that it belongs to.
    pub of: Option<Arc<str>>,
    /// How many bytes, at most.
    pub bytes: u64,
    /// How that is reckoned.
    pub how: String,
}

impl MemoryPart {
    pub(crate) fn new(part: &'static str, bytes: u64, how: impl Into<String>) -> Self {
        Self {
            part,
            of: None,
            bytes,
            how: how.into(),
        }
    }

    pub(crate) fn of(mut self, whose: &Arc<str>) -> Self {
        self.of = Some(Arc::clone(whose));
        self
    }
}

impl MemoryBound {
    /// The bound of a policy, for a program of which so many threads record.
    ///
    /// It holds for more threads too, once there are as many as [`of_this_machine`](Self::of_this_machine) assumes.
    pub fn of(policy: &CheckedPolicy, threads: u64) -> Self {
        let mut parts = metrics::most_memory(policy, threads);
        parts.extend(trace::most_memory(policy));
        parts.extend(policy.sinks.iter().flat_map(|sink| of_sink(policy, sink)));
        parts.extend(of_engine(policy, threads));
        parts.retain(|part| part.bytes > 0);
        Self { threads, parts }
    }

    /// The same for as many threads as have storage of their own on this machine; more share, and add nothing.
    pub fn of_this_machine(policy: &CheckedPolicy) -> Self {
        Self::of(policy, memory::recording_threads())
    }

    /// All of it.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }

    /// All of it by kind.
    pub fn by_part(&self) -> BTreeMap<&'static str, u64> {
        let mut sums = BTreeMap::new();
        for part in &self.parts {
            *sums.entry(part.part).or_default() += part.bytes;
        }
        sums
    }

    /// As JSON, for tools.
    pub fn to_json(&self) -> String {
        let part = |part: &MemoryPart| {
            format!(
                "{{\"part\":{},\"of\":{},\"bytes\":{},\"how\":{}}}",
                json::text(part.part),
                json::optional(part.of.as_deref()),
                part.bytes,
                json::text(&part.how)
            )
        };
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        format!(
            "{{\"threads\":{},\"bytes\":{},\"parts\":[{}]}}",
            self.threads,
            self.bytes(),
            parts.join(",")
        )
    }
}

impl fmt::Display for MemoryBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |part: &MemoryPart| match &part.of {
            Some(of) => format!("{} {of}", part.part),
            None => part.part.to_owned(),
        };
        let names: Vec<String> = self.parts.iter().map(name).collect();
        let width = names.iter().map(String::len).max().unwrap_or(0);
        let total = Bytes(self.bytes());
        writeln!(
            f,
            "at most {total} with {} threads that record",
            self.threads
        )?;
        for (part, name) in self.parts.iter().zip(names) {
            let bytes = Bytes(part.bytes).to_string();
            writeln!(f, "  {name:width$}  {bytes:>10}  {}", part.how)?;
        }
        f.write_str(
            "besides: some 350 bytes for each callsite of the program, a plan for each that the policy wants, \
             and what metrics the program records itself",
        )
    }
}

/// A number of bytes as people read it.
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["KiB", "MiB", "GiB", "TiB"];
        let at = (self.0.max(1).ilog2() / 10).min(4) as usize;
        match at.checked_sub(1) {
            None => write!(f, "{} B", self.0),
            Some(unit) => write!(
                f,
                "{:.1} {}",
                self.0 as f64 / 1024_f64.powi(at as i32),
                units[unit]
            ),
        }
    }
}

fn of_sink(policy: &CheckedPolicy, sink: &rheostat_policy::model::Sink) -> Vec<MemoryPart> {
    let settings = Settings::of(sink);
    let part = |part, bytes, how: String| MemoryPart::new(part, bytes, how).of(&sink.name);
    vec![
        part(
            "queue",
            settings.most_waiting(),
            format!(
                "buffer.memory {}, twice, since its buffers double",
                Bytes(settings.memory as u64)
            ),
        ),
        part(
            "batch",
            settings.most_sending(policy.defaults.max_record),
            format!(
                "batch.bytes {}, escaped as text, and as a request",
                Bytes(settings.batch_bytes as u64)
            ),
        ),
        part(
            "spool",
            settings.most_spooling(),
            "written and read back in chunks".to_owned(),
        ),
        part(
            "dead letters",
            match sink.common.text("dead_letter") {
                Some(_) => settings.most_put_aside(policy.defaults.max_record),
                None => 0,
            },
            "one record at a time, escaped as text".to_owned(),
        ),
        part("worker", WORKER, "its thread and connection".to_owned()),
    ]
}

/// What the engine takes: nothing of it before a rule wants something.
fn of_engine(policy: &CheckedPolicy, threads: u64) -> Vec<MemoryPart> {
    let mut parts = vec![MemoryPart::new(
        "engine",
        BASE,
        "threads of our own and what they need",
    )];
    if !policy.rules.iter().any(|rule| rule.enabled) {
        return parts;
    }
    let carries = |sink: &rheostat_policy::model::Sink| {
        let records = [RecordClass::Events, RecordClass::Logs];
        sink.only.iter().any(|class| records.contains(class))
    };
    let rings = match policy.sinks.iter().any(carries) {
        true => memory::rings(threads),
        false => 0,
    };
    parts.extend([
        MemoryPart::new(
            "rings",
            rings,
            "a ring for each thread, and one that others share",
        ),
        MemoryPart::new(
            "scratch",
            memory::scratch(threads),
            "what a thread keeps to judge its next record with",
        ),
        MemoryPart::new(
            "spans",
            memory::open_spans(),
            "131,072 open spans and 64 MiB of their fields",
        ),
        MemoryPart::new(
            "limits",
            memory::limits(policy),
            format!("{} keys of each limit with `by`", policy.defaults.max_keys),
        ),
    ]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_in_the_unit_that_fits() {
        let shown = |bytes| Bytes(bytes).to_string();
        assert_eq!(shown(0), "0 B");
        assert_eq!(shown(1023), "1023 B");
        assert_eq!(shown(1536), "1.5 KiB");
        assert_eq!(shown(64 << 20), "64.0 MiB");
        assert_eq!(shown(3 << 40), "3.0 TiB");
        assert_eq!(shown(5 << 50), "5120.0 TiB");
    }
}
