//! The policies of a day: a part that stays, and a part that changes with each reload.

use std::path::Path;

use rheostat::MemoryBound;
use rheostat_policy::{NoEnvironment, check, first_party};

/// The policy of the nth turn.
pub(super) fn text(folder: &Path, turn: u64) -> String {
    let lake = folder.join("lake.jsonl");
    // Another wait is another queue: what the old one has is handed over.
    let wait = 100 + 50 * (turn / 10 % 2);
    format!(
        r#"version = 1
[metrics.soak_visitors_total]
kind = "counter"
max_series = 20_000
expire = "2s"
[metrics.soak_took_seconds]
kind = "histogram"
max_series = {series}
[sinks.lake]
type = "file"
path = "{lake}"
rotate = {{ size = "16MiB", keep = 1 }}
batch = {{ every = "{wait}ms" }}
full = "block"
[[rules]]
name = "events"
match = {{ target = "soak::event", event = "*" }}
count = [{{ metric = "soak_events_total" }}, {{ metric = "soak_visitors_total", labels = ["visitor"] }}]
histogram = {{ metric = "soak_took_seconds", of = "took", labels = ["route"] }}
[[rules]]
name = "spans"
match = {{ target = "soak::work", span = "*" }}
histogram = {{ metric = "soak_open_seconds", of = "@duration" }}
[[rules]]
name = "records"
match = {{ target = "soak::record", event = "*" }}
stream = {{ sink = "lake" }}
[[rules]]
name = "turn {turn}"
match = {{ target = "soak::{part}", event = "*" }}
where = "took > 0.9"
count = {{ metric = "soak_turn_{turn}_total", labels = ["route"] }}
"#,
        series = 100 + turn % 7,
        lake = lake.display(),
        part = if turn.is_multiple_of(2) {
            "event"
        } else {
            "record"
        },
    )
}

/// The most memory of such a policy.
pub(super) fn bound(text: &str) -> Result<MemoryBound, String> {
    let vocabulary = first_party::vocabulary();
    let checked = check(text.as_bytes(), "soak", &vocabulary, &NoEnvironment);
    let policy = checked
        .policy
        .ok_or_else(|| checked.diagnostics.to_string())?;
    Ok(MemoryBound::of_this_machine(&policy))
}
