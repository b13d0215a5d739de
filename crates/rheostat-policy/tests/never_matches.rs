//! A rule that can match is never said to be one that never does.
//!
//! Selectors and conditions are made at random over a small world, in which a
//! naive reading of both says whether some callsite passes. The names of the
//! world are short, so that selectors and conditions often meet.

use proptest::prelude::*;
use rheostat_policy::{MapEnvironment, check, first_party};

const TARGETS: [&str; 6] = ["a", "a::b", "a::b::c", "ab", "b", "b::a"];
const NAMES: [&str; 3] = ["a", "ab", "b a"];
const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];
const FILES: [&str; 3] = ["a/b.rs", "b.rs", "a.rs"];

/// A callsite of the world.
#[derive(Clone, Copy, Debug)]
struct Site {
    span: bool,
    target: &'static str,
    name: &'static str,
    level: usize,
    file: &'static str,
    line: i64,
}

fn world() -> Vec<Site> {
    let mut out = Vec::new();
    for span in [true, false] {
        for target in TARGETS {
            for name in NAMES {
                for level in 0..LEVELS.len() {
                    for file in FILES {
                        for line in [1, 5, 9] {
                            out.push(Site {
                                span,
                                target,
                                name,
                                level,
                                file,
                                line,
                            });
                        }
                    }
                }
            }
        }
    }
    out
}

/// A glob of the language, and what it accepts, said otherwise.
type Named = (&'static str, fn(&str) -> bool);

const TARGET_GLOBS: [Named; 6] = [
    ("a", |t| t == "a"),
    ("a::**", |t| t == "a" || t.starts_with("a::")),
    ("a::*", |t| t == "a::b"),
    ("**", |_| true),
    ("a*", |t| t == "a" || t == "ab"),
    ("{b,a::b}", |t| t == "b" || t == "a::b"),
];
const NAME_GLOBS: [Named; 4] = [
    ("*", |_| true),
    ("a", |n| n == "a"),
    ("a*", |n| n == "a" || n == "ab"),
    ("*a", |n| n == "a" || n == "b a"),
];
const FILE_GLOBS: [Named; 2] = [
    ("b.rs", |f| f == "b.rs" || f == "a/b.rs"),
    ("a/b.rs", |f| f == "a/b.rs"),
];

#[derive(Clone, Debug, Default)]
struct Selector {
    kind: Option<(bool, usize)>,
    target: Option<usize>,
    level: Option<(bool, usize)>,
    file: Option<usize>,
    line: Option<(i64, i64)>,
}

impl Selector {
    fn text(&self) -> String {
        let mut keys = Vec::new();
        if let Some((span, name)) = self.kind {
            let key = if span { "span" } else { "event" };
            keys.push(format!("{key} = \"{}\"", NAME_GLOBS[name].0));
        }
        if let Some(target) = self.target {
            keys.push(format!("target = \"{}\"", TARGET_GLOBS[target].0));
        }
        if let Some((only, level)) = self.level {
            let sign = if only { "=" } else { "" };
            keys.push(format!("level = \"{sign}{}\"", LEVELS[level]));
        }
        if let Some(file) = self.file {
            keys.push(format!("file = \"{}\"", FILE_GLOBS[file].0));
        }
        if let Some((first, last)) = self.line {
            keys.push(format!("line = \"{first}..{last}\""));
        }
        format!("{{ {} }}", keys.join(", "))
    }

    fn accepts(&self, site: &Site) -> bool {
        self.kind
            .is_none_or(|(span, name)| site.span == span && NAME_GLOBS[name].1(site.name))
            && self.target.is_none_or(|at| TARGET_GLOBS[at].1(site.target))
            && self
                .level
                .is_none_or(|(only, level)| site.level == level || (!only && site.level < level))
            && self.file.is_none_or(|at| FILE_GLOBS[at].1(site.file))
            && self
                .line
                .is_none_or(|(first, last)| (first..=last).contains(&site.line))
    }
}

/// A condition, as text and as a naive reading; `x` is a field that may hold or not.
#[derive(Clone, Debug)]
enum Condition {
    Is(&'static str, &'static str, bool),
    In(&'static str, Vec<&'static str>),
    Part(&'static str, &'static str, &'static str),
    Line(&'static str, i64),
    Field,
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

fn value(site: &Site, of: &str) -> &'static str {
    match of {
        "@target" | "@module" => site.target,
        "@name" => site.name,
        "@level" => LEVELS[site.level],
        "@file" => site.file,
        _ if site.span => "span",
        _ => "event",
    }
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Is(of, word, true) => format!("{of} == '{word}'"),
            Self::Is(of, word, false) => format!("{of} != '{word}'"),
            Self::In(of, words) => format!("{of} in ['{}']", words.join("', '")),
            Self::Part(of, test, word) => format!("{of} {test} '{word}'"),
            Self::Line(op, number) => format!("@line {op} {number}"),
            Self::Field => "x == 1".to_owned(),
            Self::Not(of) => format!("not ({})", of.text()),
            Self::And(left, right) => format!("({}) and ({})", left.text(), right.text()),
            Self::Or(left, right) => format!("({}) or ({})", left.text(), right.text()),
        }
    }

    fn holds(&self, site: &Site, x: bool) -> bool {
        match self {
            Self::Is(of, word, equal) => (value(site, of) == *word) == *equal,
            Self::In(of, words) => words.contains(&value(site, of)),
            Self::Part(of, test, word) => match *test {
                "contains" => value(site, of).contains(word),
                "starts_with" => value(site, of).starts_with(word),
                _ => value(site, of).ends_with(word),
            },
            Self::Line(op, number) => match *op {
                "==" => site.line == *number,
                "!=" => site.line != *number,
                "<" => site.line < *number,
                "<=" => site.line <= *number,
                ">" => site.line > *number,
                _ => site.line >= *number,
            },
            Self::Field => x,
            Self::Not(of) => !of.holds(site, x),
            Self::And(left, right) => left.holds(site, x) && right.holds(site, x),
            Self::Or(left, right) => left.holds(site, x) || right.holds(site, x),
        }
    }
}

fn selector() -> impl Strategy<Value = Selector> {
    (
        prop::option::of((any::<bool>(), 0..NAME_GLOBS.len())),
        prop::option::of(0..TARGET_GLOBS.len()),
        prop::option::of((any::<bool>(), 0..LEVELS.len())),
        prop::option::weighted(0.2, 0..FILE_GLOBS.len()),
        prop::option::weighted(0.2, prop::sample::select(vec![(1, 5), (5, 9), (9, 9)])),
    )
        .prop_map(|(kind, target, level, file, line)| Selector {
            kind,
            target,
            level,
            file,
            line,
        })
        .prop_filter("a selector says something", |one| one.text() != "{  }")
}

fn words(of: &'static str) -> Vec<&'static str> {
    match of {
        "@target" => TARGETS.to_vec(),
        "@name" => NAMES.to_vec(),
        "@level" => LEVELS.to_vec(),
        "@file" => FILES.to_vec(),
        _ => vec!["span", "event"],
    }
}

fn test() -> impl Strategy<Value = Condition> {
    let built_in = prop::sample::select(vec!["@target", "@name", "@level", "@kind", "@file"]);
    let of_text = built_in.prop_flat_map(|of| {
        let word = || prop::sample::select(words(of));
        let parts = vec!["a", "b", "a::", "a::b", "::b", "n", "spa", ".rs", ":"];
        let test = prop::sample::select(vec!["contains", "starts_with", "ends_with"]);
        prop_oneof![
            (word(), any::<bool>()).prop_map(move |(word, is)| Condition::Is(of, word, is)),
            prop::collection::vec(word(), 1..3).prop_map(move |words| Condition::In(of, words)),
            (test, prop::sample::select(parts))
                .prop_map(move |(test, part)| Condition::Part(of, test, part)),
        ]
    });
    let op = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    prop_oneof![
        6 => of_text,
        1 => (op, 0..11_i64).prop_map(|(op, number)| Condition::Line(op, number)),
        1 => Just(Condition::Field),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    test().prop_recursive(3, 8, 2, |inner| {
        let both = || {
            (
                inner.clone().prop_map(Box::new),
                inner.clone().prop_map(Box::new),
            )
        };
        prop_oneof![
            inner.clone().prop_map(|of| Condition::Not(Box::new(of))),
            both().prop_map(|(left, right)| Condition::And(left, right)),
            both().prop_map(|(left, right)| Condition::Or(left, right)),
        ]
    })
}

fn said_to_match_never(selectors: &[Selector], excepts: &[Selector], where_: &Condition) -> bool {
    let list = |all: &[Selector]| {
        let all: Vec<String> = all.iter().map(Selector::text).collect();
        format!("[{}]", all.join(", "))
    };
    let except = if excepts.is_empty() {
        String::new()
    } else {
        format!("except = {}\n", list(excepts))
    };
    // An action on both kinds: each selector says which, or events are meant.
    let text = format!(
        "version = 1\n[[rules]]\nmatch = {}\n{except}where = \"{}\"\nlog = {{}}\n",
        list(selectors),
        where_.text(),
    );
    let checked = check(
        text.as_bytes(),
        "policy",
        &first_party::vocabulary(),
        &MapEnvironment::new(),
    );
    assert!(checked.policy.is_some(), "{text}\n{}", checked.diagnostics);
    checked
        .diagnostics
        .items
        .iter()
        .any(|item| item.name == "never-matches")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_that_can_match_is_never_said_to_match_never(
        selectors in prop::collection::vec(selector(), 1..3),
        excepts in prop::collection::vec(selector(), 0..2),
        where_ in condition(),
    ) {
        let matches = |site: &Site| {
            // A selector without a kind means events, for `log`.
            selectors.iter().any(|one| one.accepts(site) && (one.kind.is_some() || !site.span))
                && !excepts.iter().any(|one| one.accepts(site))
        };
        let can = world()
            .iter()
            .any(|site| matches(site) && [true, false].iter().any(|x| where_.holds(site, *x)));
        if can {
            prop_assert!(!said_to_match_never(&selectors, &excepts, &where_));
        }
    }
}
