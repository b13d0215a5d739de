//! The chapters, in the order in which a reader needs them.

use std::fmt::Write as _;

use super::tables::{
    action, built_ins, diagnostics, keys, operators, outer_keys, sink, transforms,
};
use crate::language::{
    alert_keys, budget_keys, defaults_keys, group_keys, http_keys, inventory_keys, limit_keys,
    lint_keys, metric_keys, process_keys, ring_keys, rule_keys, selector_keys, sink_keys, slo_keys,
    top_keys,
};
use crate::read::{generator_keys, mapped_keys, redaction_keys};
use crate::vocabulary::{KeyDef, Vocabulary};

/// The reference for a program that links this vocabulary.
pub fn markdown(vocabulary: &Vocabulary) -> String {
    let mut out = String::from(include_str!("text/intro.md"));
    file(&mut out);
    places(&mut out);
    values(&mut out);
    actions(&mut out, vocabulary);
    metrics(&mut out);
    sinks(&mut out, vocabulary);
    later(&mut out);
    chapter(&mut out, include_str!("text/diagnostics.md"));
    out.push_str(&diagnostics());
    out
}

fn chapter(out: &mut String, text: &str) {
    out.push('\n');
    out.push_str(text);
}

fn table(out: &mut String, title: &str, all: &[KeyDef]) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\n### {title}\n\n");
    out.push_str(&keys(all));
}

fn file(out: &mut String) {
    chapter(out, include_str!("text/file.md"));
    out.push_str("\n### Keys of the file\n\n");
    out.push_str(&outer_keys(&top_keys()));
    table(out, "`[defaults]`", &defaults_keys());
    table(out, "`[http]`", &http_keys());
    table(out, "`[lint]`", &lint_keys());
    table(out, "`[inventory]`", &inventory_keys());
}

fn places(out: &mut String) {
    chapter(out, include_str!("text/selectors.md"));
    table(out, "Keys of a selector", &selector_keys());
    chapter(out, include_str!("text/rules.md"));
    table(out, "Keys of `[[rules]]`", &rule_keys());
    table(out, "Keys of `[groups.NAME]`", &group_keys());
}

fn values(out: &mut String) {
    chapter(out, include_str!("text/expressions.md"));
    out.push_str("\n### Operators\n\n");
    out.push_str(&operators());
    out.push_str("\n### Built-in values\n\n");
    out.push_str(&built_ins());
    out.push_str("\n### Transforms\n\n");
    out.push_str(&transforms());
}

fn actions(out: &mut String, vocabulary: &Vocabulary) {
    chapter(out, include_str!("text/actions.md"));
    table(out, "Limits", &limit_keys());
    for def in &vocabulary.actions {
        out.push_str(&action(def));
    }
    chapter(out, include_str!("text/labels.md"));
    table(out, "Keys of the table form", &mapped_keys());
}

fn metrics(out: &mut String) {
    chapter(out, include_str!("text/metrics.md"));
    table(out, "Keys of `[metrics.NAME]`", &metric_keys());
    table(out, "Keys of generated `buckets`", &generator_keys());
}

fn sinks(out: &mut String, vocabulary: &Vocabulary) {
    chapter(out, include_str!("text/sinks.md"));
    table(out, "Keys of every sink", &sink_keys());
    for def in &vocabulary.sinks {
        out.push_str(&sink(def));
    }
    chapter(out, include_str!("text/redact.md"));
    table(out, "Keys of an entry of `redact`", &redaction_keys());
}

fn later(out: &mut String) {
    chapter(out, include_str!("text/later.md"));
    table(out, "`[budget]`", &budget_keys());
    table(out, "`[rings.NAME]`", &ring_keys());
    table(out, "`[[alerts]]`", &alert_keys());
    table(out, "`[[slos]]`", &slo_keys());
    table(out, "`[process]`", &process_keys());
}
