//! Random policies and random programs over one pool of callsites.
//!
//! Names, targets and values come from small pools, so that rules, spans and events meet often.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::world::{Parent, Recorded, Step};

const FIELDS: &[&str] = &["a", "b", "status", "elapsed", "tenant", "http.route", "message", "error"];
const TEXTS: &[&str] = &["acme", "Zeta", "5ms", "1.5s", "42", " 7 ", "200 OK", "12.5MB", "Some(4)", "None", "\"acme\"", "a=1;b=2", ""];

/// A value for a field.
pub(crate) fn recorded() -> impl Strategy<Value = Recorded> {
    prop_oneof![
        1 => Just(Recorded::Empty),
        1 => any::<bool>().prop_map(Recorded::Bool),
        3 => select(vec![-3i64, 0, 1, 5, 42, 200, 404, i64::MAX]).prop_map(Recorded::I64),
        3 => select(vec![0u64, 1, 5, 42, 200, 503, u64::MAX]).prop_map(Recorded::U64),
        1 => select(vec![i128::MIN, -1, 5, i128::MAX]).prop_map(Recorded::I128),
        1 => select(vec![0u128, 5, u128::MAX]).prop_map(Recorded::U128),
        3 => select(vec![0.0, -0.5, 0.25, 5.0, 42.5, f64::NAN, f64::INFINITY]).prop_map(Recorded::F64),
        4 => select(TEXTS).prop_map(|text| Recorded::Text(text.to_owned())),
        4 => select(TEXTS).prop_map(|text| Recorded::Formatted(text.to_owned())),
        1 => select(TEXTS).prop_map(|text| Recorded::Error(text.to_owned())),
        1 => Just(Recorded::Bytes(b"acme".to_vec())),
    ]
}

/// A step before it is known which callsites and spans there are.
#[derive(Clone, Debug)]
enum Draft {
    Open(Index, Whose, Vec<(Index, Recorded)>),
    Enter(Index),
    Exit(Index),
    Record(Index, Vec<(Index, Recorded)>),
    Close(Index),
    Event(Index, Whose, Vec<(Index, Recorded)>),
    Wait(u64),
}

#[derive(Clone, Debug)]
enum Whose {
    Context,
    Root,
    Of(Index),
}

fn whose() -> impl Strategy<Value = Whose> {
    prop_oneof![6 => Just(Whose::Context), 1 => Just(Whose::Root), 2 => any::<Index>().prop_map(Whose::Of)]
}

fn values() -> impl Strategy<Value = Vec<(Index, Recorded)>> {
    prop::collection::vec((any::<Index>(), recorded()), 0..5)
}

fn draft() -> impl Strategy<Value = Draft> {
    prop_oneof![
        4 => (any::<Index>(), whose(), values()).prop_map(|(s, p, v)| Draft::Open(s, p, v)),
        5 => any::<Index>().prop_map(Draft::Enter),
        3 => any::<Index>().prop_map(Draft::Exit),
        2 => (any::<Index>(), values()).prop_map(|(s, v)| Draft::Record(s, v)),
        2 => any::<Index>().prop_map(Draft::Close),
        6 => (any::<Index>(), whose(), values()).prop_map(|(s, p, v)| Draft::Event(s, p, v)),
        3 => select(vec![1_000u64, 1_000_000, 5_000_000, 200_000_000, 1_500_000_000]).prop_map(Draft::Wait),
    ]
}

/// The steps of a program over callsites that declare so many fields each.
pub(crate) fn steps(sites: &'static [crate::world::Site]) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(draft(), 1..24).prop_map(move |drafts| settle(sites, drafts))
}

/// Chooses existing callsites and open spans, leaves out what cannot be done, and closes at the end.
fn settle(sites: &[crate::world::Site], drafts: Vec<Draft>) -> Vec<Step> {
    let of_kind = |is_span: bool| -> Vec<usize> {
        (0..sites.len()).filter(|site| sites[*site].is_span == is_span).collect()
    };
    let (span_sites, event_sites) = (of_kind(true), of_kind(false));
    let mut steps = Vec::new();
    let mut spans: Vec<usize> = Vec::new(); // the callsite of each opened span
    let mut open: Vec<usize> = Vec::new();
    let mut entered: Vec<usize> = Vec::new();
    for draft in drafts {
        let parent = |whose: Whose, open: &[usize]| match whose {
            Whose::Of(index) if !open.is_empty() => Parent::Of(*index.get(open)),
            Whose::Root => Parent::Root,
            _ => Parent::Context,
        };
        match draft {
            Draft::Open(site, whose, values) => {
                let site = *site.get(&span_sites);
                let parent = parent(whose, &open);
                open.push(spans.len());
                spans.push(site);
                steps.push(Step::Open { site, parent, values: fields(&sites[site], values) });
            }
            Draft::Enter(index) if !open.is_empty() => {
                let span = *index.get(&open);
                if !entered.contains(&span) {
                    entered.push(span);
                    steps.push(Step::Enter(span));
                }
            }
            Draft::Exit(index) if !entered.is_empty() => {
                let span = entered.remove(index.index(entered.len()));
                steps.push(Step::Exit(span));
            }
            Draft::Record(index, values) if !open.is_empty() => {
                let span = *index.get(&open);
                steps.push(Step::Record { span, values: fields(&sites[spans[span]], values) });
            }
            Draft::Close(index) if !open.is_empty() => {
                let span = *index.get(&open);
                if !entered.contains(&span) {
                    open.retain(|other| *other != span);
                    steps.push(Step::Close(span));
                }
            }
            Draft::Event(site, whose, values) => {
                let site = *site.get(&event_sites);
                let parent = parent(whose, &open);
                steps.push(Step::Event { site, parent, values: fields(&sites[site], values) });
            }
            Draft::Wait(nanoseconds) => steps.push(Step::Wait(nanoseconds)),
            _ => {}
        }
    }
    steps.extend(entered.into_iter().rev().map(Step::Exit));
    steps.extend(open.into_iter().rev().map(Step::Close));
    steps
}

/// At most one value per declared field.
fn fields(site: &crate::world::Site, values: Vec<(Index, Recorded)>) -> Vec<(usize, Recorded)> {
    let mut chosen: Vec<(usize, Recorded)> = Vec::new();
    if site.fields.is_empty() {
        return chosen;
    }
    for (index, value) in values {
        let field = index.index(site.fields.len());
        if !chosen.iter().any(|(other, _)| *other == field) {
            chosen.push((field, value));
        }
    }
    chosen
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// A ref in an expression.
fn reference() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => one_of(&["a", "b", "status", "elapsed", "tenant", "http.route"]),
        2 => one_of(&[".a", ".status", ".tenant"]),
        2 => one_of(&["span('outer').a", "span('request').tenant", "span('inner work').status"]),
        6 => one_of(&[
            "@level", "@target", "@module", "@file", "@line", "@name", "@kind", "@message",
            "@callsite", "@span", "@elapsed",
        ]),
    ]
}

fn span_built_in() -> impl Strategy<Value = String> {
    one_of(&["@duration", "@active", "@busy", "@idle", "@polls", "@events", "@error"])
}

fn literal() -> impl Strategy<Value = String> {
    one_of(&[
        "5", "42", "200", "-3", "0.25", "true", "false", "5ms", "1.5s", "'acme'", "'ACME'", "'zeta'",
        "'info'", "'app::db'", "'src/db.rs'", "'outer'", "'event'", "'4xx'", "'1'", "10", "41", "0",
        "200ms", "1KiB",
    ])
}

fn transformed() -> impl Strategy<Value = String> {
    let transform = one_of(&[
        "lower", "upper", "trim", "unquote", "truncate(2)", "before('=')", "after('=')", "last('=')",
        "capture('(\\d+)')", "replace('[a-z]+', 'x')", "number", "duration", "size", "class",
        "default(5)", "default('acme')", "unwrap",
    ]);
    (reference(), prop::collection::vec(transform, 1..3))
        .prop_map(|(of, transforms)| format!("{of} | {}", transforms.join(" | ")))
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => reference(),
        3 => transformed(),
        2 => (reference(), one_of(&["+", "-", "*", "/"]), one_of(&["2", "5", "0", "a", "status"]))
            .prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
        1 => reference().prop_map(|of| format!("(-{of})")),
    ]
}

fn test() -> impl Strategy<Value = String> {
    let comparison = one_of(&["==", "!=", "<", "<=", ">", ">="]);
    prop_oneof![
        6 => (value(), comparison, prop_oneof![3 => literal(), 1 => value()])
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
        1 => (value(), literal(), literal()).prop_map(|(of, a, b)| format!("{of} in [{a}, {b}]")),
        2 => (value(), one_of(&["contains", "starts_with", "ends_with"]), one_of(&["'a'", "'5'", "'me'", "'acme'"]))
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
        1 => (value(), one_of(&["'^a'", "'[0-9]+'", "'me$'"])).prop_map(|(of, re)| format!("{of} matches {re}")),
        1 => reference().prop_map(|of| format!("has({of})")),
        1 => one_of(&["a", "b", "status"]),
    ]
}

/// A condition; about spans alone, span built-ins too.
fn condition(of_spans: bool) -> impl Strategy<Value = String> {
    let at_close = (span_built_in(), one_of(&["==", "!=", "<", ">="]), one_of(&["true", "1", "2", "5ms", "1.5s", "200ms"]))
        .prop_map(|(left, operator, right)| format!("{left} {operator} {right}"));
    let leaf = prop_oneof![
        if of_spans { 1 } else { 4 } => test().boxed(),
        if of_spans { 2 } else { 0 } => at_close.boxed(),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

/// Keys of a selector besides its kind.
fn keys() -> impl Strategy<Value = Vec<String>> {
    let key = prop_oneof![
        3 => one_of(&[
            "target = 'app::**'", "target = 'app::db'", "target = '{app,lib}::*'", "target = '**::db'",
            "target = ['lib', 'app']",
        ]),
        1 => one_of(&["module = 'app::**'", "module = 'app::db'"]),
        2 => one_of(&["level = 'info'", "level = '=debug'", "level = ['warn', 'trace']", "level = 'trace'"]),
        1 => one_of(&["file = 'db.rs'", "file = 'src/*.rs'", "file = 'http/*.rs'"]),
        1 => one_of(&["line = 41", "line = '10..50'"]),
        1 => one_of(&["fields = ['status']", "fields = ['http.*', 'a']"]),
        1 => one_of(&["fields = ['!b']", "fields = ['a', '!tenant']"]),
    ];
    prop::collection::vec(key, 0..3).prop_map(|mut keys| {
        keys.sort_by_key(|key| key.split(' ').next().unwrap_or_default().to_owned());
        keys.dedup_by_key(|key| key.split(' ').next().unwrap_or_default().to_owned());
        keys
    })
}

fn selector(kind: Option<bool>) -> impl Strategy<Value = String> {
    let kind = match kind {
        Some(true) => one_of(&["span = '*'", "span = 'outer'", "span = 'in*'", "span = ['request', 'outer']"]).boxed(),
        Some(false) => one_of(&["event = '*'", "event = 'e*'", "event = 'event src/db.rs:41'"]).boxed(),
        None => Just(String::new()).boxed(),
    };
    (kind, keys()).prop_map(|(kind, mut keys)| {
        if !kind.is_empty() {
            keys.push(kind);
        }
        if keys.is_empty() {
            keys.push("level = 'trace'".to_owned());
        }
        format!("{{ {} }}", keys.join(", "))
    })
}

fn limit() -> impl Strategy<Value = String> {
    one_of(&["", "", ", every = '1s'", ", rate = '2/s'", ", every = { every = '5ms', by = ['tenant'] }", ", rate = { rate = '1/s', burst = 2, by = ['a'] }"])
}

/// The actions of a rule, each on its own line.
fn action(number: usize) -> impl Strategy<Value = String> {
    let labels = one_of(&[
        "", ", labels = ['tenant']", ", labels = ['@level', { class = 'status | class' }]",
        ", labels = { t = { of = 'tenant', map = { acme = 'A', zeta = 'Z' }, default = 'none' }, r = 'http.route' }",
    ]);
    let of = one_of(&["status", "a", "b | number", "a * 2"]);
    prop_oneof![
        // A metric of its own per rule and one that all rules share: agreeing label sets.
        3 => labels.clone().prop_map(move |labels| format!("count = {{ metric = 'own_{number}_total'{labels} }}")),
        2 => Just("count = { metric = 'shared_total', labels = ['tenant'] }".to_owned()),
        1 => (of.clone(), labels).prop_map(move |(of, labels)| format!("histogram = {{ metric = 'h_{number}', of = '{of}'{labels} }}")),
        1 => of.prop_map(move |of| format!("gauge = {{ metric = 'g_{number}', of = '{of}' }}")),
        2 => limit().prop_map(|limit| format!("stream = {{ sink = 'lake'{limit} }}")),
    ]
}

fn rule(number: usize) -> impl Strategy<Value = String> {
    let kind = prop_oneof![1 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))];
    kind.prop_flat_map(move |kind| {
        let condition = prop::option::weighted(0.7, condition(kind == Some(true)));
        let except = prop::option::weighted(0.2, selector(Some(kind == Some(true))));
        let within = prop::option::weighted(0.35, selector(Some(true)));
        let on = if kind == Some(true) { one_of(&["", "open", "both"]).boxed() } else { Just(String::new()).boxed() };
        let drop = prop::option::weighted(0.1, one_of(&["true", "['stream']", "['count', 'gauge']"]));
        (selector(kind), except, within, condition, action(number), on, drop).prop_map(
            move |(matches, except, within, condition, action, on, drop)| {
                let mut text = format!("[[rules]]\nname = 'r{number}'\nmatch = {matches}\n");
                let mut line = |key: &str, value: Option<String>| {
                    if let Some(value) = value {
                        text.push_str(&format!("{key} = {value}\n"));
                    }
                };
                line("except", except);
                line("within", within);
                line("where", condition.map(|condition| format!("\"\"\"{}\"\"\"", condition.replace('\\', "\\\\"))));
                line("drop", drop);
                let on = match on.as_str() {
                    "open" => ", on = 'open' }",
                    "both" => ", on = ['open', 'close'] }",
                    _ => " }",
                };
                let action = action.strip_suffix(" }").map(|head| format!("{head}{on}")).unwrap_or(action);
                text + &action + "\n"
            },
        )
    })
}

/// A policy text with a few rules.
pub(crate) fn policy() -> impl Strategy<Value = String> {
    let scope = one_of(&["", "scope_level = 'debug'\n", "scope_level = 'warn'\n"]);
    (scope, rule(0), prop::option::of(rule(1)), prop::option::of(rule(2)), prop::option::of(rule(3))).prop_map(
        |(scope, first, second, third, fourth)| {
            let head = "version = 1\n[lint]\nallow = []\n[sinks.lake]\ntype = 'stdout'\n";
            let rules: Vec<String> = [Some(first), second, third, fourth].into_iter().flatten().collect();
            format!("{head}[defaults]\n{scope}{}", rules.concat())
        },
    )
}

/// The pool of callsites that all programs share.
pub(crate) fn pool() -> Vec<crate::world::Site> {
    use rheostat_policy::model::Level;
    let targets = ["app", "app::db", "app::http::in", "lib", "lib::db"];
    let span_names = ["outer", "inner work", "request", "in"];
    let mut sites = Vec::new();
    for number in 0..48usize {
        let is_span = number % 2 == 0;
        let pick = number / 2;
        let line = [Some(41), Some(10), None][number % 3];
        let file = [Some("src/db.rs"), Some("lib/src/http/in.rs"), None][pick % 3].map(str::to_owned);
        let name = if is_span {
            span_names[pick % span_names.len()].to_owned()
        } else {
            ["event src/db.rs:41", "e", "named"][pick % 3].to_owned()
        };
        // A different window of the field pool for every callsite.
        let fields = (0..pick % 5 + 1).map(|at| FIELDS[(pick * 3 + at) % FIELDS.len()].to_owned()).collect();
        sites.push(crate::world::Site {
            is_span,
            name,
            target: targets[pick % targets.len()].to_owned(),
            module: (pick % 4 != 0).then(|| targets[(pick + 1) % targets.len()].to_owned()),
            file,
            line,
            level: Level::ALL[(pick * 7 + number) % 5],
            fields,
        });
    }
    sites
}
