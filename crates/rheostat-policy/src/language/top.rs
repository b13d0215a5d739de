//! Keys of the file itself, and of its small tables.

use super::group::selectors;
use super::{
    alert_keys, budget_keys, group_keys, metric_keys, process_keys, ring_keys, rule_keys,
    sink_keys, slo_keys,
};
use crate::vocabulary::{KeyDef, Type};

/// The keys of the file, in the order in which a policy is best written.
pub fn top_keys() -> Vec<KeyDef> {
    let mut keys = small_tables();
    keys.extend(named_tables());
    keys.extend(later());
    keys
}

fn small_tables() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "version",
            Type::Integer(1, 1),
            "the version of the language",
            "1",
        )
        .required(),
        KeyDef::new(
            "include",
            Type::List(Box::new(Type::Path)),
            "further files, as paths and globs relative to this one",
            r#"["conf.d/*.toml"]"#,
        )
        .later(),
        KeyDef::new(
            "defaults",
            Type::Table(defaults_keys()),
            "what holds unless a rule, metric or sink says otherwise",
            r#"{ scope_level = "debug" }"#,
        ),
        KeyDef::new(
            "http",
            Type::Table(http_keys()),
            "where metrics are served; absent: nothing listens",
            r#"{ listen = "127.0.0.1:9464" }"#,
        ),
        KeyDef::new(
            "lint",
            Type::Table(lint_keys()),
            "which diagnostics are silenced, and which are made errors",
            r#"{ allow = ["metric-unit"] }"#,
        ),
        KeyDef::new(
            "inventory",
            Type::Table(inventory_keys()),
            "which callsites are learned",
            r#"{ file = "var/callsites.jsonl" }"#,
        ),
    ]
}

fn named_tables() -> Vec<KeyDef> {
    let named = |ty| Type::Named(Box::new(ty));
    vec![
        KeyDef::new(
            "selectors",
            named(selectors()),
            "selectors that rules and groups name",
            r#"{ db = { target = "sqlx::**" } }"#,
        ),
        KeyDef::new(
            "groups",
            named(Type::Table(group_keys())),
            "what several rules have in common",
            r#"{ debugging = { enabled = false } }"#,
        ),
        KeyDef::new(
            "metrics",
            named(Type::Table(metric_keys())),
            "declarations of metrics; undeclared ones are made by their first rule",
            r#"{ queue_length = { help = "Orders that wait." } }"#,
        ),
        KeyDef::new(
            "sinks",
            named(Type::Table(sink_keys())),
            "where records go; `stdout` and `stderr` exist undeclared",
            r#"{ audit = { type = "file", path = "audit.jsonl" } }"#,
        ),
        KeyDef::new(
            "rules",
            Type::List(Box::new(Type::Table(rule_keys()))),
            "what becomes of which callsites, in order",
            r#"[{ match = { target = "shop::**" }, log = {} }]"#,
        ),
    ]
}

fn later() -> Vec<KeyDef> {
    let many = |keys| Type::List(Box::new(Type::Table(keys)));
    vec![
        KeyDef::new(
            "budget",
            Type::Table(budget_keys()),
            "what all of it may cost; over it, rules are shed by `priority`",
            r#"{ cpu = "1%", memory = "64MiB" }"#,
        )
        .later(),
        KeyDef::new(
            "rings",
            Type::Named(Box::new(Type::Table(ring_keys()))),
            "rings of recent records",
            r#"{ recent = { size = "4MiB" } }"#,
        )
        .later(),
        KeyDef::new(
            "alerts",
            many(alert_keys()),
            "alerts to be written out for Prometheus",
            r#"[{ name = "Errors", expr = "rate(errors_total[5m]) > 1" }]"#,
        )
        .later(),
        KeyDef::new(
            "slos",
            many(slo_keys()),
            "objectives to be written out for Prometheus",
            r#"[{ name = "fast", objective = 0.99, window = "30d", metric = "d_seconds", under = "300ms" }]"#,
        )
        .later(),
        KeyDef::new(
            "process",
            Type::Table(process_keys()),
            "gauges of the process itself",
            r#"{ every = "10s" }"#,
        )
        .later(),
        KeyDef::new(
            "tests",
            Type::List(Box::new(Type::Any)),
            "records and what the rules must do with them",
            "[]",
        )
        .later(),
    ]
}

/// The keys of `[defaults]`.
pub fn defaults_keys() -> Vec<KeyDef> {
    let mut keys = default_values();
    keys.extend(caps());
    keys
}

fn default_values() -> Vec<KeyDef> {
    let sinks = ["stream", "log", "trace"].map(|name| {
        KeyDef::new(
            name,
            Type::SinkName,
            "the sink of this action where a rule names none",
            r#""stdout""#,
        )
    });
    vec![
        KeyDef::new(
            "scope_level",
            Type::Level,
            "spans of this level and more severe lend their fields to what happens inside of them",
            r#""debug""#,
        )
        .or(r#""info""#),
        KeyDef::new(
            "hash_key",
            Type::Secret,
            "the key of `hash`; absent: a new one for each process",
            r#"{ env = "HASH_KEY" }"#,
        ),
        KeyDef::new(
            "const_labels",
            Type::TextMap,
            "on every series, record and resource",
            r#"{ service = "shop" }"#,
        )
        .or("{}"),
        KeyDef::new(
            "missing",
            Type::Text,
            "the text of a label whose value is missing; empty is not shown",
            r#""none""#,
        )
        .or(r#""""#),
        KeyDef::new(
            "redact",
            Type::Redactions,
            "what is hidden in streams, logs, spans and handlers",
            r#"["password", "*token*"]"#,
        )
        .or("[]"),
        KeyDef::new(
            "sink",
            Type::Table(sinks.to_vec()),
            "sinks of actions where a rule names none",
            r#"{ stream = "stdout" }"#,
        )
        .or("{}"),
    ]
}

fn caps() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "max_series",
            Type::Integer(1, 10_000_000),
            "the cap on series of one metric",
            "200",
        )
        .or("1000"),
        KeyDef::new(
            "max_keys",
            Type::Integer(1, 10_000_000),
            "the cap on keys of one limiter",
            "1000",
        )
        .or("10_000"),
        KeyDef::new(
            "max_record",
            Type::Size,
            "the cap on one record",
            r#""16KiB""#,
        )
        .or(r#""64KiB""#),
        KeyDef::new("max_value", Type::Size, "the cap on one value", r#""1KiB""#).or(r#""4KiB""#),
        KeyDef::new(
            "max_label",
            Type::Size,
            "the cap on the text of one label; longer is cut and marked `…`",
            r#""64B""#,
        )
        .or(r#""128B""#),
    ]
}

/// The keys of `[http]`.
pub fn http_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "listen",
            Type::Address,
            "host and port; any but loopback needs `token`",
            r#""127.0.0.1:9464""#,
        )
        .required(),
        KeyDef::new(
            "token",
            Type::Secret,
            "guards every route, as `Authorization: Bearer`",
            r#"{ env = "METRICS_TOKEN" }"#,
        ),
    ]
}

/// The keys of `[lint]`.
pub fn lint_keys() -> Vec<KeyDef> {
    let names = || Type::List(Box::new(Type::Text));
    vec![
        KeyDef::new(
            "allow",
            names(),
            "codes or names of warnings and notes to silence; errors stay",
            r#"["metric-unit"]"#,
        )
        .or("[]"),
        KeyDef::new(
            "deny",
            names(),
            "codes or names of warnings and notes to make errors",
            r#"["never-matches"]"#,
        )
        .or("[]"),
    ]
}

/// The keys of `[inventory]`.
pub fn inventory_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "level",
            Type::Level,
            "callsites down to this level are learned; absent: those that the rules need",
            r#""debug""#,
        ),
        KeyDef::new(
            "file",
            Type::OwnFile,
            "where learned callsites are written, as JSON lines",
            r#""var/callsites.jsonl""#,
        ),
    ]
}
