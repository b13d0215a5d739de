//! Entries for fuzzing: any bytes in, no panic out.

use crate::check::check;
use crate::environment::MapEnvironment;
use crate::expr;
use crate::first_party;
use crate::glob::{Glob, GlobKind};
use crate::literal;

/// Checks bytes as a policy; what is found must be printable, and the places in it parts of the text.
///
/// # Panics
///
/// When they are not: that is the finding.
pub fn fuzz_policy(data: &[u8]) {
    let env = MapEnvironment::new()
        .with_var("NAME", "text")
        .with_secret("/run/secrets/name", "hush");
    let checked = check(data, "fuzz", &first_party::vocabulary(), &env);
    let text = &checked.diagnostics.source.text;
    assert_eq!(
        checked.policy.is_none(),
        checked.diagnostics.has_errors(),
        "a policy comes back exactly when nothing is an error"
    );
    for item in &checked.diagnostics.items {
        let edits = item.helps.iter().filter_map(|help| help.edit.as_ref());
        let others = item.others.iter().map(|other| other.place);
        let places = others.chain(edits.map(|edit| edit.place));
        for place in std::iter::once(item.primary.place).chain(places) {
            assert!(
                text.get(place.range()).is_some(),
                "a place of {} is no part of the text",
                item.code
            );
        }
        let printed = item.rendered(&checked.diagnostics.source, false);
        assert!(printed.contains(item.code), "{} is not shown", item.code);
    }
}

/// Reads bytes as an expression; what was read must survive being written and read again.
///
/// # Panics
///
/// When it does not: that is the finding.
pub fn fuzz_expression(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    let env = MapEnvironment::new().with_var("NAME", "it's \"here\"\n");
    let reading = expr::read_condition(input, &env);
    for problem in &reading.problems {
        assert!(
            input.get(problem.place.range()).is_some(),
            "the place of {} is no part of the text",
            problem.code
        );
        let edits = problem.helps.iter().filter_map(|help| help.edit.as_ref());
        for edit in edits {
            assert!(
                input.get(edit.place.range()).is_some(),
                "an edit of {} is no part of the text",
                problem.code
            );
        }
    }
    if let Ok(tree) = expr::parse(input, &env) {
        let written = tree.to_string();
        let again = expr::parse(&written, &env);
        assert!(
            again.as_ref() == Ok(&tree),
            "`{written}` is not what was read from `{input}`"
        );
        let _decided = (expr::always_false(&tree), expr::always_true(&tree));
    }
    fuzz_literals(input);
    fuzz_globs(input);
}

fn fuzz_literals(input: &str) {
    let _read = (literal::size(input), literal::rate(input));
    let _read = (literal::ratio(input), literal::number(input));
    if let Ok(nanos) = literal::duration_nanos(input) {
        let written = literal::format_nanos(i128::from(nanos));
        assert_eq!(literal::duration_nanos(&written), Ok(nanos), "{written}");
    }
    let _read = (literal::read_number(input), literal::leading_number(input));
    let _read = (
        literal::read_duration_text(input),
        literal::read_size_text(input),
    );
    let _plain = literal::unquote(input);
}

fn fuzz_globs(input: &str) {
    let (glob, text) = input.split_once('\n').unwrap_or((input, input));
    for kind in [
        GlobKind::Target,
        GlobKind::Name,
        GlobKind::File,
        GlobKind::Field,
    ] {
        let Ok(glob) = Glob::parse(glob, kind) else {
            continue;
        };
        let _matched = glob.matches(text);
        assert!(glob.covers(&glob), "`{glob}` does not cover itself");
        // A glob whose braces are empty accepts the empty text, so it meets itself too.
        assert!(glob.overlaps(&glob), "`{glob}` does not meet itself");
    }
}
