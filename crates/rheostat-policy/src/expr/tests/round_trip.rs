//! Random trees, written and read again.

use std::sync::Arc;

use proptest::prelude::*;

use crate::environment::NoEnvironment;
use crate::expr::{
    Arithmetic, BUILT_INS, Comparison, Expr, ExprKind, Literal, Ref, TextTest, Transform,
    compile_regex, read,
};
use crate::place::Place;

fn expr(kind: ExprKind) -> Expr {
    Expr {
        kind,
        place: Place::default(),
    }
}

fn text() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        "[a-z ]{0,6}",
        "[\\PC\n\t\"'\\\\`]{0,6}",
        "\\PC{0,3}\u{0}\\PC{0,3}"
    ]
    .prop_map(Arc::from)
}

fn name() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,5}(\\.[a-z0-9_]{1,3}){0,2}",
        "[a-z -:`.@]{1,6}",
        prop::sample::select(vec!["and", "or", "not", "in", "true", "has", "span", "env"])
            .prop_map(str::to_owned),
    ]
    .prop_filter("these mean something else", |name| {
        name != "message" && !name.starts_with("log.")
    })
    .prop_map(Arc::from)
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<bool>().prop_map(Literal::Bool),
        (-i128::MAX..=i128::MAX).prop_map(Literal::Integer),
        (-1000_i128..1000).prop_map(Literal::Integer),
        any::<f64>()
            .prop_filter("no text for these", |float| float.is_finite())
            .prop_map(Literal::Float),
        text().prop_map(Literal::Text),
        (-i128::from(i64::MAX)..=i128::from(i64::MAX)).prop_map(Literal::Duration),
        (0_i128..10_000_000_000).prop_map(Literal::Duration),
        any::<u64>().prop_map(Literal::Size),
        (0_u64..5000).prop_map(|size| Literal::Size(size * 512)),
    ]
}

fn reference() -> impl Strategy<Value = Ref> {
    prop_oneof![
        name().prop_map(Ref::Name),
        name().prop_map(Ref::Own),
        (text(), name()).prop_map(|(span, name)| Ref::OfSpan { span, name }),
        name().prop_map(Ref::Since),
        prop::sample::select(BUILT_INS.to_vec()).prop_map(|def| Ref::BuiltIn(def.is)),
    ]
}

fn transform() -> impl Strategy<Value = Transform> {
    let regex = || {
        prop::sample::select(vec!["x", "a+b?", "it's", "\\d{2}", "\"", "[\\n\\t]"])
            .prop_filter_map("a regular expression", |text| compile_regex(text).ok())
    };
    prop_oneof![
        prop::sample::select(vec![
            Transform::Lower,
            Transform::Upper,
            Transform::Trim,
            Transform::Unquote,
            Transform::Number,
            Transform::Duration,
            Transform::Size,
            Transform::Class,
            Transform::Hash,
            Transform::Unwrap,
        ]),
        (0_usize..100).prop_map(Transform::Truncate),
        text().prop_map(Transform::Before),
        text().prop_map(Transform::After),
        text().prop_map(Transform::Last),
        (regex(), text()).prop_map(|(regex, text)| Transform::Replace(regex, text)),
        prop::sample::select(vec!["(x)", "a(b+)", "'(.)'"])
            .prop_filter_map("a regular expression", |text| compile_regex(text).ok())
            .prop_map(Transform::Capture),
        literal().prop_map(Transform::Default),
    ]
}

/// Trees as the parser makes them: a sign before a number is part of the number.
fn tree() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        literal().prop_map(ExprKind::Literal),
        reference().prop_map(ExprKind::Ref),
        reference().prop_map(ExprKind::Has),
    ]
    .prop_map(expr);
    leaf.prop_recursive(5, 40, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let many = || prop::collection::vec(inner.clone(), 2..4);
        let arithmetic = prop::sample::select(vec![
            Arithmetic::Add,
            Arithmetic::Subtract,
            Arithmetic::Multiply,
            Arithmetic::Divide,
        ]);
        let comparison = prop::sample::select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::AtMost,
            Comparison::Greater,
            Comparison::AtLeast,
        ]);
        let test = prop::sample::select(vec![
            TextTest::Contains,
            TextTest::StartsWith,
            TextTest::EndsWith,
        ]);
        prop_oneof![
            (boxed(), transform()).prop_map(|(of, transform)| ExprKind::Pipe(of, transform)),
            boxed()
                .prop_filter("a sign that the parser folds", |of| !matches!(
                    of.kind,
                    ExprKind::Literal(
                        Literal::Integer(_) | Literal::Float(_) | Literal::Duration(_)
                    )
                ))
                .prop_map(ExprKind::Negate),
            (arithmetic, boxed(), boxed()).prop_map(|(op, l, r)| ExprKind::Arithmetic(op, l, r)),
            (comparison, boxed(), boxed()).prop_map(|(op, l, r)| ExprKind::Compare(op, l, r)),
            (test, boxed(), boxed()).prop_map(|(test, l, r)| ExprKind::Text(test, l, r)),
            (boxed(), many()).prop_map(|(of, values)| ExprKind::In(of, values)),
            boxed().prop_filter_map("a regular expression", |of| {
                compile_regex("^a|b$")
                    .ok()
                    .map(|re| ExprKind::Matches(of, re))
            }),
            boxed().prop_map(ExprKind::Not),
            many().prop_map(ExprKind::And),
            many().prop_map(ExprKind::Or),
        ]
        .prop_map(expr)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_tree_is_written_so_that_it_reads_back(tree in tree()) {
        let written = tree.to_string();
        // Types play no part in what is read, so only the grammar's own errors count.
        let again = super::super::read::tree_of(&written, &NoEnvironment);
        prop_assert!(again.as_ref() == Ok(&tree), "`{}` reads as {:?}", written, again);
    }

    #[test]
    fn any_text_is_survived(input in "\\PC{0,40}") {
        crate::fuzz::fuzz_expression(input.as_bytes());
    }

    #[test]
    fn any_words_are_survived(words in prop::collection::vec(prop::sample::select(vec![
        "a", "b.c", ".d", "@level", "@duration", "span('s').x", "has(", ")", "(", "[", "]", ",", "1", "5ms", "1KiB",
        "'t'", "\"u\"", "and", "or", "not", "in", "contains", "matches", "|", "lower", "truncate(2)", "+", "-", "*",
        "/", "==", "!=", "<", ">=", "&&", "=", "!", "true", "-5", "env('NAME')", "5 ms", "a-b",
    ]), 0..14)) {
        crate::fuzz::fuzz_expression(words.join(" ").as_bytes());
    }
}

#[test]
fn what_was_read_is_written_in_its_canonical_form() {
    for (input, written) in [
        ("a==1", "a == 1"),
        ("( a )", "a"),
        ("(a and b) or c", "a and b or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("not (a)", "not a"),
        ("not (a and b)", "not (a and b)"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("(-5) | class", "(-5) | class"),
        ("a - -5", "a - -5"),
        ("\"x\"", "'x'"),
        ("\"it's\"", "'it''s'"),
        ("\"a\\nb\"", "\"a\\nb\""),
        ("5000ms", "5s"),
        ("90m", "1h30m"),
        ("2048B", "2KiB"),
        ("1_000", "1000"),
        ("1e3", "1000.0"),
        ("message", "@message"),
        ("`plain`", "plain"),
        ("`a-b`", "`a-b`"),
        ("a in [1,2,]", "a in [1, 2]"),
        ("a|replace('x','y')", "a | replace('x', 'y')"),
    ] {
        let tree = read(input, &NoEnvironment)
            .expr
            .map(|tree| tree.to_string());
        assert_eq!(tree.as_deref(), Some(written), "{input}");
    }
}
