//! The tables that the language itself knows, as definitions.
//!
//! Parser, schema, reference and help all read these; there is no second list
//! of keys anywhere.

mod group;
mod later;
mod metric;
mod rule;
mod selector;
mod sink;
#[cfg(test)]
mod tests;
mod top;

pub use group::{
    drop_type, group_keys, limit_keys, metric_action_keys, phase_key, sink_key, where_key,
};
pub use later::{alert_keys, budget_keys, process_keys, ring_keys, slo_keys};
pub use metric::metric_keys;
pub use rule::rule_keys;
pub use selector::selector_keys;
pub use sink::{FORMATS, sink_keys};
pub use top::{defaults_keys, http_keys, inventory_keys, lint_keys, top_keys};
