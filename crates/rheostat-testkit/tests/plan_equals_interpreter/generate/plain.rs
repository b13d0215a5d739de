//! Random policies of the plainest kind, which have a short way: few rules, conditions that compare own fields with
//! constants, one metric each; and programs of events alone.

use proptest::prelude::*;
use proptest::sample::select;

use super::action::written;
use super::one_of;
use super::program::recorded;
use crate::world::{Parent, Recorded, Site, Step};

/// One comparison with a constant; each type with the operators it has.
fn comparison() -> impl Strategy<Value = String> {
    let field = one_of(&[".a", ".a", ".a", ".a", ".b", ".status", "a"]);
    let order = one_of(&["==", "!=", "<", "<=", ">", ">="]);
    let equality = one_of(&["==", "!="]);
    let numbers = one_of(&[
        "5",
        "5",
        "5",
        "5",
        "42",
        "200",
        "404",
        "-3",
        "0",
        "1",
        "5.0",
        "0.25",
        "-0.5",
        "42.5",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "18446744073709551615",
    ]);
    let texts = one_of(&["'acme'", "'Zeta'", "'42'", "'5'", "''", "'ERROR'"]);
    let flags = one_of(&["true", "false"]);
    let numeric = (field.clone(), order, numbers);
    let other = (field, equality, prop_oneof![texts, flags]);
    prop_oneof![3 => numeric, 1 => other].prop_map(|(of, op, with)| format!("{of} {op} {with}"))
}

fn condition() -> impl Strategy<Value = String> {
    let joined = |word: &'static str| {
        prop::collection::vec(comparison(), 2..4).prop_map(move |parts| parts.join(word))
    };
    prop_oneof![
        3 => comparison(),
        1 => joined(" and "),
        1 => joined(" or "),
    ]
}

fn labels() -> impl Strategy<Value = String> {
    one_of(&[
        "",
        "",
        "labels = { a = '.a' }",
        "labels = { a = '.a', b = '.b' }",
        "labels = { b = '.b', a = '.a', where = '@target' }",
        "labels = { s = '.status', t = '.tenant | default(\"nobody\")' }",
        "labels = ['@level', 'b']",
        "labels = ['@level', '@target']",
        "labels = { t = { of = '.a', map = { acme = 'A', '5' = 'five' } } }",
    ])
}

/// What one event adds, on the way that its kind has.
fn measure(number: usize) -> impl Strategy<Value = String> {
    let of = one_of(&[
        "of = '.a'",
        "of = '.b'",
        "of = '.status'",
        "of = '.elapsed'",
    ]);
    let unit = one_of(&["", "", "unit = 'milliseconds'"]);
    let op = one_of(&["", "op = 'add'", "op = 'sub'"]);
    prop_oneof![
        2 => Just(format!("count]]\nmetric = 'n{number}_total'")),
        1 => Just(format!("count]]\nmetric = 'n{number}_total'\nof = '3'")),
        1 => of.clone().prop_map(move |of| format!("count]]\nmetric = 'sum{number}_total'\n{of}")),
        1 => of.clone().prop_map(move |of| format!("histogram]]\nmetric = 'h{number}'\n{of}")),
        1 => (of.clone(), unit).prop_map(move |(of, unit)| {
            format!("histogram]]\nmetric = 'h{number}_seconds'\n{of}\n{unit}")
        }),
        1 => (of, op).prop_map(move |(of, op)| format!("gauge]]\nmetric = 'g{number}'\n{of}\n{op}")),
    ]
}

fn rule(number: usize, matches: &'static [&'static str]) -> impl Strategy<Value = String> {
    let condition = prop::option::weighted(0.7, condition());
    (one_of(matches), condition, measure(number), labels()).prop_map(
        move |(matches, condition, measure, labels)| {
            let condition = condition.map_or_else(String::new, |text| written("where", &text));
            format!(
                "[[rules]]\nname = 'p{number}'\nmatch = {{ {matches} }}\n{condition}\n\
                 [[rules.{measure}\n{labels}\n"
            )
        },
    )
}

/// Spans that are only timed.
fn timed() -> impl Strategy<Value = String> {
    let labels = one_of(&["", "labels = ['@level']", "labels = { a = '.a' }"]);
    let metric = one_of(&["took_seconds", "took_ms"]);
    let condition = one_of(&["", "", "", "where = '.a != 5'\n"]);
    (labels, metric, condition).prop_map(|(labels, metric, condition)| {
        format!(
            "[[rules]]\nname = 'spans'\nmatch = {{ span = '*' }}\n{condition}\
             [[rules.histogram]]\nmetric = '{metric}'\nof = '@duration'\n{labels}\n"
        )
    })
}

/// A policy text of plain rules.
pub(super) fn policy() -> impl Strategy<Value = String> {
    let first = rule(
        0,
        &[
            "event = '*', fields = ['a']",
            "event = '*'",
            "event = '*', target = 'app::**'",
        ],
    );
    let second = rule(1, &["event = '*', target = 'lib::**'", "event = 'e'"]);
    let second = prop::option::weighted(0.3, second);
    let spans = prop::option::weighted(0.3, timed());
    (first, second, spans).prop_map(|(first, second, spans)| {
        let others: String = [second, spans].into_iter().flatten().collect();
        format!("version = 1\n{first}{others}")
    })
}

/// A value that a look is enough for, mostly.
fn seen() -> impl Strategy<Value = Recorded> {
    prop_oneof![
        3 => select(vec![-3i64, 0, 1, 5, 42, 404, i64::MAX, i64::MIN]).prop_map(Recorded::I64),
        3 => select(vec![0u64, 1, 5, 42, 200, u64::MAX]).prop_map(Recorded::U64),
        2 => select(vec![0.0, -0.5, 0.25, 5.0, 42.5, f64::NAN]).prop_map(Recorded::F64),
        1 => any::<bool>().prop_map(Recorded::Bool),
        1 => select(vec!["acme", "5", "42", ""]).prop_map(|text| Recorded::Text(text.to_owned())),
        1 => recorded(),
    ]
}

/// Events at the callsites whose first field is `a`, and at any.
pub(super) fn steps(sites: &'static [Site]) -> impl Strategy<Value = Vec<Step>> {
    let events: Vec<usize> = (0..sites.len()).filter(|at| !sites[*at].is_span).collect();
    let of_a = |at: &usize| sites[*at].fields[0] == "a";
    let with_a: Vec<usize> = events.iter().copied().filter(of_a).collect();
    let values = prop::collection::vec(prop::option::weighted(0.8, seen()), 5);
    let site = prop_oneof![4 => select(with_a), 1 => select(events)];
    let event = (site, values).prop_map(|(site, values)| Step::Event {
        site,
        parent: Parent::Context,
        values: values
            .into_iter()
            .take(sites[site].fields.len())
            .enumerate()
            .filter_map(|(field, value)| Some((field, value?)))
            .collect(),
    });
    prop::collection::vec(event, 4..24)
}
