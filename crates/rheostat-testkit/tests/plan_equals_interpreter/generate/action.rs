//! Random actions: metrics of every kind, and records for several sinks with limits.

use proptest::prelude::*;

use super::expression::{Reads, condition};
use super::{one_of, where_fit};

/// What the rule around an action allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    /// Makes the action's own metrics different from those of others.
    pub(crate) number: usize,
    /// The selectors say `span`; `event`; neither.
    pub(crate) kind: Option<bool>,
    pub(crate) within: bool,
}

fn limit() -> impl Strategy<Value = String> {
    one_of(&[
        "",
        "",
        "sample = 1.0",
        "every = '1s'",
        "rate = '2/s'",
        "every = { every = '5ms', by = ['tenant'] }",
        "every = { every = '1s', by = ['status', '@callsite'] }",
        "rate = { rate = '1/s', burst = 2, by = ['a'] }",
        "rate = { rate = '5/m', by = ['tenant', 'b'] }",
        "every = { every = '1s', by = ['@trace_id'] }",
        "sample = { ratio = 1.0, by = ['@trace_id'] }",
        "every = '5ms'\nrate = '1/s'",
    ])
}

fn labels() -> impl Strategy<Value = String> {
    one_of(&[
        "",
        "labels = ['tenant']",
        "labels = ['@level', { class = 'status | class' }, 'b']",
        "labels = { t = { of = 'tenant', map = { acme = 'A', zeta = 'Z' }, default = 'none' }, r = 'http.route' }",
        "labels = { took = 'elapsed | duration', where = '@callsite' }",
        "labels = ['@trace_id', { span = '@span_id | default(\"none\")' }]",
    ])
}

/// What a metric records, by kinds it can be asked of.
fn measure(kind: Option<bool>) -> impl Strategy<Value = String> {
    let of_fields = one_of(&["status", "a", "b | number", "a * 2"]);
    let of_spans = one_of(&["@polls", "@events"]);
    prop_oneof![
        4 => of_fields.clone(),
        1 => where_fit(kind != Some(false), of_spans, of_fields),
    ]
}

/// A table that begins with its key; what is empty is left out.
fn table(key: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    format!("[[rules.{key}]]\n{}\n", parts.join("\n"))
}

/// One action, as sub-tables of its rule.
pub(crate) fn action(around: Around) -> impl Strategy<Value = String> {
    let number = around.number;
    let of_spans = around.kind == Some(true);
    let on = if of_spans {
        one_of(&["", "", "on = 'open'", "on = ['open', 'close']"]).boxed()
    } else {
        Just(String::new()).boxed()
    };
    let own = prop::option::weighted(
        0.2,
        condition(Reads {
            within: around.within,
            close: false,
        }),
    );
    let own = own
        .prop_map(|own| own.map_or_else(String::new, |own| written("where", &own)))
        .boxed();
    let metric = |key: &'static str, name: String| {
        (measure(around.kind), labels(), on.clone(), own.clone()).prop_map(
            move |(of, labels, on, own)| {
                let (metric, of) = (format!("metric = '{name}'"), format!("of = '{of}'"));
                // What is measured of a span is not known when it opens.
                let on = if of.contains('@') { "" } else { &on };
                table(key, &[&metric, &of, &labels, on, &own])
            },
        )
    };
    let record = |key: &'static str, sinks: &'static [&'static str]| {
        (one_of(sinks), limit(), on.clone(), own.clone()).prop_map(move |(sink, limit, on, own)| {
            table(key, &[&format!("sink = '{sink}'"), &limit, &on, &own])
        })
    };
    let own_count = (labels(), on.clone(), own.clone()).prop_map(move |(labels, on, own)| {
        table(
            "count",
            &[
                &format!("metric = 'own_{number}_total'"),
                &labels,
                &on,
                &own,
            ],
        )
    });
    let own_count = own_count.boxed();
    let spans = prop_oneof![timed(number, own.clone()), open(number, own.clone())];
    prop_oneof![
        3 => own_count.clone(),
        2 => own.clone().prop_map(|own| {
            table("count", &["metric = 'shared_total'", "labels = ['tenant']", &own])
        }),
        1 => metric("histogram", format!("h_{number}")),
        1 => metric("gauge", format!("g_{number}")),
        1 => metric("count", format!("sum_{number}_total")),
        3 => record("stream", &["lake", "pond"]),
        1 => record("log", &["side", "lake"]),
        2 => where_fit(of_spans, spans, own_count),
    ]
}

fn timed(number: usize, own: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let of = one_of(&["@duration", "@busy", "@idle", "@active"]);
    (of, labels(), own).prop_map(move |(of, labels, own)| {
        let (metric, of) = (
            format!("metric = 'took_{number}_seconds'"),
            format!("of = '{of}'"),
        );
        table("histogram", &[&metric, &of, &labels, &own])
    })
}

fn open(number: usize, own: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    (labels(), own).prop_map(move |(labels, own)| {
        table(
            "gauge",
            &[
                &format!("metric = 'open_{number}'"),
                "of = '@open'",
                &labels,
                &own,
            ],
        )
    })
}

/// A condition as a value of a key.
pub(crate) fn written(key: &str, condition: &str) -> String {
    format!("{key} = '''{condition}'''")
}
