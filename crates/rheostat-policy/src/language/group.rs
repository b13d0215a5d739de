//! Keys that rules, groups and actions share.

use crate::vocabulary::{KeyDef, Type};

pub(super) fn selectors() -> Type {
    Type::OneOrMany(Box::new(Type::Selector))
}

/// `where`
pub fn where_key() -> KeyDef {
    KeyDef::new(
        "where",
        Type::Condition,
        "what must hold for each record",
        r#""status >= 500 and not (uri starts_with '/health')""#,
    )
}

pub(super) fn place_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "match",
            selectors(),
            "where in the code it looks: one selector, or a list of which one must hold",
            r#"{ target = "shop::**" }"#,
        ),
        KeyDef::new(
            "except",
            selectors(),
            "what it leaves out",
            r#"{ span = "health" }"#,
        ),
        KeyDef::new(
            "within",
            selectors(),
            "the record must be inside of, or be, such a span",
            r#"{ span = "request" }"#,
        ),
        where_key(),
        KeyDef::new(
            "labels",
            Type::Labels,
            "labels for all metrics it feeds",
            r#"["method", { class = "status | class" }]"#,
        ),
        KeyDef::new(
            "priority",
            Type::Choice(&["low", "normal", "high", "critical"]),
            "what is shed last when a budget is exceeded",
            r#""high""#,
        ),
    ]
}

pub(super) fn enabled() -> KeyDef {
    KeyDef::new(
        "enabled",
        Type::AnyOf(vec![Type::Bool, Type::Text]),
        "whether it is in force; a string is expanded to `true` or `false` first",
        r#""${DEBUG_RULES:-false}""#,
    )
    .or("true")
}

/// The keys of `[groups.NAME]`.
pub fn group_keys() -> Vec<KeyDef> {
    let mut keys = vec![enabled()];
    keys.extend(place_keys());
    keys.push(
        KeyDef::new(
            "override",
            Type::Bool,
            "whether it replaces the one of the same name in an included file",
            "true",
        )
        .later(),
    );
    keys
}

/// `on`, of actions that can act on spans.
pub fn phase_key() -> KeyDef {
    KeyDef::new(
        "on",
        Type::OneOrMany(Box::new(Type::Choice(&["open", "close"]))),
        "when a span is judged",
        r#"["open", "close"]"#,
    )
    .or(r#""close""#)
}

/// `sink`, of actions that send records.
pub fn sink_key() -> KeyDef {
    KeyDef::new(
        "sink",
        Type::SinkName,
        "where it goes; absent: the default of the action",
        r#""stdout""#,
    )
}

/// `metric`, `unit` and `labels`, of actions that feed a metric.
pub fn metric_action_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "metric",
            Type::MetricName,
            "the metric that it feeds; undeclared ones are made by their first rule",
            r#""requests_total""#,
        )
        .required(),
        KeyDef::new(
            "unit",
            Type::Unit,
            "the unit of the value, converted to that of the metric",
            r#""milliseconds""#,
        ),
        KeyDef::new(
            "labels",
            Type::Labels,
            "labels of the series, besides those of the rule",
            r#"["method", { class = "status | class" }]"#,
        ),
    ]
}

fn by(doc: &'static str) -> KeyDef {
    KeyDef::new("by", Type::Values, doc, r#"["tenant"]"#).or("[]")
}

/// What `by` means to `every` and `rate`.
const EACH: &str = "one limiter for each value of these";

/// `sample`, `every` and `rate`, in the order in which they apply.
pub fn limit_keys() -> Vec<KeyDef> {
    let sample = vec![
        KeyDef::new("ratio", Type::Ratio, "the share that passes", r#""1/20""#).required(),
        by("the same values, the same fate"),
    ];
    let every = vec![
        KeyDef::new("every", Type::Duration, "the period", r#""1m""#).required(),
        by(EACH),
    ];
    let rate = vec![
        KeyDef::new("rate", Type::Rate, "the rate", r#""100/s""#).required(),
        KeyDef::new(
            "burst",
            Type::Integer(1, 1_000_000_000),
            "how many may come at once; absent: as many as one second's worth",
            "200",
        ),
        by(EACH),
    ];
    vec![
        KeyDef::new(
            "sample",
            Type::AnyOf(vec![Type::Ratio, Type::Table(sample)]),
            "a share of what holds",
            "0.05",
        ),
        KeyDef::new(
            "every",
            Type::AnyOf(vec![Type::Duration, Type::Table(every)]),
            "the first of each period",
            r#""10s""#,
        ),
        KeyDef::new(
            "rate",
            Type::AnyOf(vec![Type::Rate, Type::Table(rate)]),
            "a token bucket",
            r#"{ rate = "100/s", burst = 200, by = ["@callsite"] }"#,
        ),
    ]
}

/// The type of `drop`.
pub fn drop_type() -> Type {
    Type::AnyOf(vec![Type::Bool, Type::List(Box::new(Type::Text))])
}
