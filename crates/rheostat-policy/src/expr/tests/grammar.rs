//! What right texts are read as.

use super::support::{env, tree};
use crate::expr::{
    BUILT_INS, BuiltIn, Expr, ExprKind, Literal, OPERATORS, Ref, TRANSFORMS, bare_names, built_ins,
    move_places, parse, refs,
};
use crate::place::Place;

/// The tree in full parentheses.
fn shape(expr: &Expr) -> String {
    let all = |parts: &[Expr], word: &str| {
        let parts: Vec<String> = parts.iter().map(shape).collect();
        format!("({})", parts.join(&format!(" {word} ")))
    };
    match &expr.kind {
        ExprKind::Literal(literal) => literal.to_string(),
        ExprKind::Ref(reference) => reference.to_string(),
        ExprKind::Pipe(of, transform) => format!("({} | {transform})", shape(of)),
        ExprKind::Negate(of) => format!("(-{})", shape(of)),
        ExprKind::Arithmetic(op, left, right) => format!("({} {op} {})", shape(left), shape(right)),
        ExprKind::Compare(op, left, right) => format!("({} {op} {})", shape(left), shape(right)),
        ExprKind::In(of, values) => format!("({} in {})", shape(of), all(values, ",")),
        ExprKind::Text(test, left, right) => {
            format!("({} {test} {})", shape(left), shape(right))
        }
        ExprKind::Matches(of, pattern) => format!("({} matches {})", shape(of), pattern.0),
        ExprKind::Has(reference) => format!("has({reference})"),
        ExprKind::Not(of) => format!("(not {})", shape(of)),
        ExprKind::And(parts) => all(parts, "and"),
        ExprKind::Or(parts) => all(parts, "or"),
    }
}

#[test]
fn precedence_is_that_of_the_specification() {
    for (input, expected) in [
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("a and b and c", "(a and b and c)"),
        ("(a and b) and c", "((a and b) and c)"),
        ("not a and b", "((not a) and b)"),
        ("not a == b", "(not (a == b))"),
        ("not not a", "(not (not a))"),
        ("a + b == c - d", "((a + b) == (c - d))"),
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a * -b", "(a * (-b))"),
        ("-a * b", "((-a) * b)"),
        ("-a | number", "(-(a | number))"),
        ("a | number / 2", "((a | number) / 2)"),
        ("a | lower | trim", "((a | lower) | trim)"),
        ("2 * a | number", "(2 * (a | number))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a < b == (c < d)", ""),
        ("(a < b) == (c < d)", "((a < b) == (c < d))"),
        (
            "a == b and c in [1, 2] or d",
            "(((a == b) and (c in (1 , 2))) or d)",
        ),
        ("a contains 'x' or b", "((a contains 'x') or b)"),
    ] {
        if expected.is_empty() {
            assert!(parse(input, &env()).is_err(), "{input}");
        } else {
            assert_eq!(shape(&tree(input)), expected, "{input}");
        }
    }
}

#[test]
fn every_operator_is_read() {
    for (input, expected) in [
        ("a == 1", "(a == 1)"),
        ("a != 1", "(a != 1)"),
        ("a < 1", "(a < 1)"),
        ("a <= 1", "(a <= 1)"),
        ("a > 1", "(a > 1)"),
        ("a >= 1", "(a >= 1)"),
        ("a in ['x']", "(a in ('x'))"),
        ("a in ['x', 'y',]", "(a in ('x' , 'y'))"),
        ("a in [b, c + 1]", "(a in (b , (c + 1)))"),
        ("a contains 'x'", "(a contains 'x')"),
        ("a starts_with b", "(a starts_with b)"),
        ("a ends_with 'x'", "(a ends_with 'x')"),
        ("a matches '^x+$'", "(a matches ^x+$)"),
        ("has(a)", "has(a)"),
        ("has(.a)", "has(.a)"),
        ("has(span('s').a)", "has(span('s').a)"),
        ("has(@duration)", "has(@duration)"),
        ("a", "a"),
        ("true", "true"),
        ("1 == 1 or false", "((1 == 1) or false)"),
    ] {
        assert_eq!(shape(&tree(input)), expected, "{input}");
    }
}

#[test]
fn literals_are_read() {
    for (input, expected) in [
        ("true", Literal::Bool(true)),
        ("false", Literal::Bool(false)),
        ("0", Literal::Integer(0)),
        ("10_000", Literal::Integer(10_000)),
        ("-5", Literal::Integer(-5)),
        ("--5", Literal::Integer(5)),
        ("-(5)", Literal::Integer(-5)),
        (
            "170141183460469231731687303715884105727",
            Literal::Integer(i128::MAX),
        ),
        ("0.5", Literal::Float(0.5)),
        ("1e6", Literal::Float(1e6)),
        ("1.5e-3", Literal::Float(0.0015)),
        ("-0.25", Literal::Float(-0.25)),
        ("100ms", Literal::Duration(100_000_000)),
        ("1h30m", Literal::Duration(5_400_000_000_000)),
        ("-1.5s", Literal::Duration(-1_500_000_000)),
        ("12µs", Literal::Duration(12_000)),
        ("12μs", Literal::Duration(12_000)),
        ("1KiB", Literal::Size(1024)),
        ("1.5kB", Literal::Size(1500)),
        ("10_000B", Literal::Size(10_000)),
        ("'raw'", Literal::Text("raw".into())),
        ("'it''s'", Literal::Text("it's".into())),
        (r"'\d+\n'", Literal::Text(r"\d+\n".into())),
        ("''", Literal::Text("".into())),
        (
            r#""a\"b\\c\n\t\u{1F600}""#,
            Literal::Text("a\"b\\c\n\t😀".into()),
        ),
        (r#""it's""#, Literal::Text("it's".into())),
        ("'two\nlines'", Literal::Text("two\nlines".into())),
        ("'# no comment'", Literal::Text("# no comment".into())),
        ("env('REGION')", Literal::Text("eu-west".into())),
    ] {
        assert_eq!(tree(input).kind, ExprKind::Literal(expected), "{input}");
    }
}

#[test]
fn names_are_read() {
    let name = |text: &str| Ref::Name(text.into());
    let own = |text: &str| Ref::Own(text.into());
    for (input, expected) in [
        ("status", name("status")),
        ("_private", name("_private")),
        ("größe", name("größe")),
        ("http.route", name("http.route")),
        ("a.0.b", name("a.0.b")),
        ("`a-b`", name("a-b")),
        ("`two words`", name("two words")),
        ("`and`", name("and")),
        ("`a``b`", name("a`b")),
        ("has", name("has")),
        ("span", name("span")),
        ("env", name("env")),
        ("lower", name("lower")),
        ("order", name("order")),
        ("inner", name("inner")),
        (".status", own("status")),
        (".http.route", own("http.route")),
        (".`a-b`", own("a-b")),
        (".in", own("in")),
        (
            "span('request').method",
            Ref::OfSpan {
                span: "request".into(),
                name: "method".into(),
            },
        ),
        (
            "span('HTTP request').`http status`",
            Ref::OfSpan {
                span: "HTTP request".into(),
                name: "http status".into(),
            },
        ),
        ("message", Ref::BuiltIn(BuiltIn::Message)),
        (".message", Ref::BuiltIn(BuiltIn::Message)),
        ("@message", Ref::BuiltIn(BuiltIn::Message)),
    ] {
        assert_eq!(tree(input).kind, ExprKind::Ref(expected), "{input}");
    }
}

#[test]
fn every_built_in_has_its_name_and_its_own_entry() {
    for def in &BUILT_INS {
        assert_eq!(BuiltIn::named(def.name), Some(def.is), "{}", def.name);
        assert_eq!(def.is.def().name, def.name);
        if !def.not_in_this_build {
            let read = tree(&format!("has(@{})", def.name));
            assert_eq!(read.kind, ExprKind::Has(Ref::BuiltIn(def.is)));
        }
    }
}

#[test]
fn every_transform_has_an_example_that_uses_it() {
    for def in &TRANSFORMS {
        let ExprKind::Pipe(_, transform) = tree(def.example).kind else {
            panic!("{} is no transform", def.example);
        };
        let written = transform.to_string();
        let name = written.split('(').next().unwrap_or("");
        assert_eq!(name, def.name);
        assert_eq!(def.signature().starts_with(def.name), !def.name.is_empty());
    }
}

#[test]
fn newlines_and_comments_are_blanks() {
    let plain = tree("a == 1 and b == '#'");
    for input in [
        "a\n==\n1\nand b == '#'",
        "a == 1 # the first\nand b == '#' # the second",
        "# first\na == 1 and b == '#'",
        "\ta==1 and\r\n b=='#'\n\n",
    ] {
        assert_eq!(tree(input), plain, "{input}");
    }
}

#[test]
fn a_place_holds_the_part_with_its_parentheses() {
    let input = "x > 1 and (y | number) == 2";
    let ExprKind::And(parts) = tree(input).kind else {
        panic!("no `and`");
    };
    assert_eq!(&input[parts[0].place.range()], "x > 1");
    assert_eq!(&input[parts[1].place.range()], "(y | number) == 2");
    let ExprKind::Compare(_, left, _) = &parts[1].kind else {
        panic!("no comparison");
    };
    assert_eq!(&input[left.place.range()], "(y | number)");
}

#[test]
fn places_can_be_moved_into_a_file() {
    let mut moved = tree("a in [1, b | lower]");
    let original = moved.clone();
    move_places(&mut moved, &|place| Place {
        start: place.start + 100,
        end: place.end + 100,
    });
    assert_eq!(moved, original);
    assert_eq!(moved.place, Place::new(100, 119));
    let ExprKind::In(of, values) = &moved.kind else {
        panic!("no `in`");
    };
    assert_eq!(of.place, Place::new(100, 101));
    assert_eq!(values[1].place, Place::new(109, 118));
}

#[test]
fn the_names_that_an_expression_reads_are_listed_once() {
    let read = tree("a > 1 and has(a) and .b == @level or span('s').c in [a, d] and @busy > 1s");
    let shown: Vec<String> = refs(&read)
        .iter()
        .map(|reference| reference.to_string())
        .collect();
    assert_eq!(shown, ["a", ".b", "@level", "span('s').c", "d", "@busy"]);
    let bare: Vec<&str> = bare_names(&read).into_iter().map(|name| &**name).collect();
    assert_eq!(bare, ["a", "d"]);
    assert_eq!(built_ins(&read), [BuiltIn::Level, BuiltIn::Busy]);
}

#[test]
fn long_chains_of_and_do_not_nest() {
    let parts = vec!["a == 1"; 1_000];
    let ExprKind::And(read) = tree(&parts.join(" and ")).kind else {
        panic!("no `and`");
    };
    assert_eq!(read.len(), 1_000);
}

#[test]
fn every_operator_has_an_example_that_uses_it() {
    use crate::expr::symbols::OURS;
    use crate::expr::token::{TokenKind, Word};

    let listed: Vec<&str> = OPERATORS
        .iter()
        .copied()
        .flatten()
        .map(|def| def.text)
        .collect();
    let brackets = [
        TokenKind::Open,
        TokenKind::Close,
        TokenKind::ListOpen,
        TokenKind::ListClose,
        TokenKind::Comma,
    ];
    let symbols = OURS
        .iter()
        .filter(|(_, kind)| !brackets.contains(kind))
        .map(|(text, _)| *text);
    for operator in symbols.chain(Word::ALL.iter().map(|(word, _)| *word)) {
        assert!(listed.contains(&operator), "{operator} is not listed");
    }
    for def in OPERATORS.iter().copied().flatten() {
        assert!(def.example.contains(def.text), "{}", def.example);
        let _read = tree(def.example);
    }
}
