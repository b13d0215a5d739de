//! Tables of globs: what they match, how two compare, what is said about wrong ones.

use super::{Glob, GlobKind, MAX_ALTERNATIVES};
use GlobKind::{Field, File, Name, Target};

fn glob(text: &str, kind: GlobKind) -> Glob {
    match Glob::parse(text, kind) {
        Ok(glob) => glob,
        Err(problem) => panic!("`{text}` was refused: {}", problem.message),
    }
}

fn check(kind: GlobKind, rows: &[(&str, &[&str], &[&str])]) {
    for (text, yes, no) in rows {
        let glob = glob(text, kind);
        assert_eq!(glob.as_str(), *text);
        for accepted in *yes {
            assert!(glob.matches(accepted), "`{text}` should match `{accepted}`");
        }
        for refused in *no {
            assert!(
                !glob.matches(refused),
                "`{text}` should not match `{refused}`"
            );
        }
    }
}

#[test]
fn targets_match_by_segments() {
    check(
        Target,
        &[
            ("shop", &["shop"], &["shop::db", "shopkeeper", "", "Shop"]),
            (
                "shop::**",
                &["shop", "shop::db", "shop::db::pool"],
                &["shopkeeper", "shopkeeper::db", "a::shop"],
            ),
            ("shop::*", &["shop::db"], &["shop", "shop::db::pool"]),
            ("**", &["", "a", "a::b::c"], &[]),
            ("*", &["a", ""], &["a::b"]),
            (
                "**::db",
                &["db", "shop::db", "a::b::db"],
                &["shop::dbx", "db::a"],
            ),
            (
                "shop::**::pool",
                &["shop::pool", "shop::db::pool", "shop::a::b::pool"],
                &["shop::pool::x", "pool"],
            ),
            (
                "**::a::**::b::**",
                &["a::b", "x::a::y::b::z", "a::a::b"],
                &["b::a", "a", "a::x"],
            ),
            ("shop*", &["shop", "shopkeeper"], &["shop::db"]),
            (
                "*_core::*",
                &["sqlx_core::pool"],
                &["sqlx_core", "sqlx::pool"],
            ),
            ("a*b*c", &["abc", "axxbxxc", "abbc"], &["acb", "ab", "bc"]),
            ("{shop,store}::**", &["shop", "store::db"], &["bank::db"]),
            (
                "shop::{db,cache{,_warm}}",
                &["shop::db", "shop::cache", "shop::cache_warm"],
                &["shop::cache_cold"],
            ),
            ("{a::b,c}::d", &["a::b::d", "c::d"], &["a::d"]),
            ("a,b", &["a,b"], &["a", "b"]),
            ("größe::*", &["größe::ä"], &["grösse::ä"]),
        ],
    );
}

#[test]
fn files_match_at_the_end_of_the_path() {
    check(
        File,
        &[
            (
                "on_response.rs",
                &[
                    "on_response.rs",
                    "src/trace/on_response.rs",
                    "/home/x/src/on_response.rs",
                ],
                &["xon_response.rs", "on_response.rs/x", ""],
            ),
            (
                "tower-http-*/src/trace/*.rs",
                &[
                    "/reg/tower-http-0.6.1/src/trace/on_response.rs",
                    "tower-http-1/src/trace/a.rs",
                ],
                &["tower-http-1/src/a.rs", "tower-http-1/x/src/trace/a.rs"],
            ),
            (
                "src/**/mod.rs",
                &["a/src/mod.rs", "src/a/b/mod.rs", "x/src/y/src/z/mod.rs"],
                &["mod.rs", "src/a/b/mod.rsx"],
            ),
            ("src/**", &["src", "a/src/b", "src/b/c"], &["a/srcs/b"]),
            ("**/db.rs", &["db.rs", "src/db.rs"], &["xdb.rs"]),
            (
                "/srv/app/main.rs",
                &["/srv/app/main.rs"],
                &["srv/app/main.rs"],
            ),
            (
                "trace/*.rs",
                &["src\\trace\\a.rs"],
                &["src\\trace\\b\\a.rs"],
            ),
            ("*.{rs,in}", &["a.rs", "x/b.in"], &["a.txt"]),
            ("**", &["a", "a/b", ""], &[]),
        ],
    );
}

#[test]
fn names_match_any_run_of_characters() {
    for kind in [Name, Field] {
        check(
            kind,
            &[
                ("request", &["request"], &["requests", "http request", ""]),
                (
                    "HTTP *",
                    &["HTTP request", "HTTP "],
                    &["HTTP", "an HTTP request"],
                ),
                ("*::open", &["db::open", "a::b::open"], &["open"]),
                ("*", &["", "a::b c"], &[]),
                ("**", &["", "a.b"], &[]),
                ("http.*", &["http.route", "http.a.b"], &["http"]),
                ("*a*", &["a", "bab", "aa"], &["b", ""]),
                ("a**b", &["ab", "axb"], &["a"]),
                ("{GET,POST} /", &["GET /", "POST /"], &["PUT /"]),
                ("a:b", &["a:b"], &["a::b"]),
                ("aa*aa", &["aaaa", "aaxaa"], &["aa", "aaa"]),
            ],
        );
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    // With naive backtracking this would take longer than the universe.
    let glob = glob(&"a*".repeat(200), Name);
    assert!(!glob.matches(&format!("b{}", "a".repeat(10_000))));
    assert!(glob.matches(&"a".repeat(10_000)));
    let stars = format!("{}a", "**::a::".repeat(50));
    let path = format!("{}b", "a::".repeat(2_000));
    assert!(!self::glob(&stars, Target).matches(&path));
    assert!(self::glob(&stars, Target).matches(&format!("{path}::a::a")));
}

#[test]
fn covering_is_certain() {
    for (kind, outer, inner, expected) in [
        (Target, "**", "shop", true),
        (Target, "shop::**", "shop", true),
        (Target, "shop::**", "shop::db", true),
        (Target, "shop::**", "shop::*", true),
        (Target, "shop::**", "shop::**", true),
        (Target, "shop::**", "shop::**::db", true),
        (Target, "shop::*", "shop::**", false),
        (Target, "shop::*", "shop::d*", true),
        (Target, "shop::d*", "shop::*", false),
        (Target, "shop", "shop::db", false),
        (Target, "{shop,store}", "store", true),
        (Target, "shop", "{shop,store}", false),
        (Target, "{shop,store,bank}", "{store,shop}", true),
        (Target, "**::db", "shop::db", true),
        (Target, "*::**", "shop::db", true),
        (Name, "*", "request", true),
        (Name, "http*", "http_x*", true),
        (Name, "http_x*", "http*", false),
        (Name, "*", "**", true),
        (File, "db.rs", "src/db.rs", true),
        (File, "src/db.rs", "db.rs", false),
        (File, "*.rs", "src/*/db.rs", true),
        (File, "**/db.rs", "db.rs", true),
        (File, "db.rs", "**/db.rs", true),
        (File, "*", "db.rs", true),
    ] {
        assert_eq!(
            glob(outer, kind).covers(&glob(inner, kind)),
            expected,
            "{outer} ⊇ {inner}"
        );
    }
}

#[test]
fn overlap_is_exact_within_a_kind() {
    for (kind, left, right, expected) in [
        (Target, "shop::**", "shop", true),
        (Target, "shop::**", "store::**", false),
        (Target, "shop", "shop::db", false),
        (Target, "**::db", "shop::**", true),
        (Target, "a*", "*b", true),
        (Target, "a*", "b*", false),
        (Target, "a*c", "ab*", true),
        (Target, "*::db", "shop::*", true),
        (Target, "*::db", "shop::cache", false),
        (Target, "{a,b}::x", "{b,c}::x", true),
        (Target, "{a,b}::x", "{c,d}::x", false),
        (Target, "a::**::b", "a::b", true),
        (Target, "a::**::b", "a::c", false),
        (Name, "http*", "*_total", true),
        (Name, "abc", "ab", false),
        (File, "db.rs", "src/db.rs", true),
        (File, "a/db.rs", "b/db.rs", false),
        (File, "a/**", "db.rs", true),
    ] {
        let (left, right) = (glob(left, kind), glob(right, kind));
        assert_eq!(left.overlaps(&right), expected, "{left} ∩ {right}");
        assert_eq!(right.overlaps(&left), expected, "{right} ∩ {left}");
        assert_eq!(left.disjoint(&right), !expected);
    }
}

#[test]
fn globs_of_two_kinds_are_not_compared() {
    assert!(glob("a", Target).overlaps(&glob("b", Name)));
    assert!(!glob("a", Target).covers(&glob("a", Name)));
    assert!(glob("**", Target).covers(&glob("a", Name)));
}

#[test]
fn a_glob_knows_when_it_is_a_plain_text_or_everything() {
    for (kind, text, literal, all) in [
        (Target, "shop::db", Some("shop::db"), false),
        (Target, "shop::*", None, false),
        (Target, "{shop}", None, false),
        (Target, "**", None, true),
        (Target, "*", None, false),
        (Target, "{a,**}", None, true),
        (Name, "*", None, true),
        (Name, "**", None, true),
        (Field, "user", Some("user"), false),
        (File, "db.rs", None, false),
        (File, "*", None, true),
    ] {
        let glob = glob(text, kind);
        assert_eq!(glob.literal(), literal, "{text}");
        assert_eq!(glob.accepts_all(), all, "{text}");
    }
}

#[test]
fn each_mistake_is_named_and_its_edit_is_right() {
    let long = "a".repeat(600);
    let many = "{a,b,c,d,e,f,g,h,i}{a,b,c,d,e,f,g,h,i}";
    for (kind, text, name, fixed) in [
        (Target, "", "empty-glob", ""),
        (Target, long.as_str(), "glob-too-long", ""),
        (Target, "{a,b", "unbalanced-brace", "{a,b}"),
        (Target, "a}", "unbalanced-brace", "a"),
        (Target, "a::{b,{c}", "unbalanced-brace", "a::{b,{c}}"),
        (Target, "a::***", "bad-stars", "a::**"),
        (Name, "a***", "bad-stars", "a*"),
        (Target, "shop**", "stars-within-segment", "shop::**"),
        (Target, "**shop", "stars-within-segment", "**::shop"),
        (File, "src/**.rs", "stars-within-segment", "src/**/*.rs"),
        (Target, "日{*,b}*", "stars-within-segment", ""),
        (Target, "{**,a}x", "stars-within-segment", "{*,a}x"),
        (Target, "::", "empty-segment", "**"),
        (Target, many, "too-many-alternatives", ""),
        (Target, "shop::", "empty-segment", "shop"),
        (Target, "::shop", "empty-segment", "shop"),
        (Target, "a::::b", "empty-segment", "a::b"),
        (File, "src//a.rs", "empty-segment", "src/a.rs"),
        (Target, "shop/db", "wrong-separator", "shop::db"),
        (Target, "shop:db", "wrong-separator", "shop::db"),
        (File, "src::db.rs", "wrong-separator", "src/db.rs"),
        (File, "src\\db.rs", "wrong-separator", "src/db.rs"),
    ] {
        let Err(problem) = Glob::parse(text, kind) else {
            panic!("`{text}` was accepted");
        };
        assert_eq!(problem.name, name, "{text}");
        assert!(text.get(problem.place.range()).is_some(), "{text}");
        assert!(
            !problem.label.is_empty() && !problem.helps.is_empty(),
            "{text}"
        );
        let edit = problem.helps.iter().find_map(|help| help.edit.as_ref());
        let edited = edit.map(|edit| {
            let mut edited = text.to_owned();
            edited.replace_range(edit.place.range(), &edit.with);
            edited
        });
        assert_eq!(edited.as_deref().unwrap_or(""), fixed, "{text}");
        if let Some(edited) = edited {
            assert!(
                Glob::parse(&edited, kind).is_ok(),
                "`{text}` became `{edited}`"
            );
        }
    }
}

#[test]
fn alternatives_are_bounded_even_while_they_are_spelt_out() {
    let exactly = format!("{{{}}}", vec!["a"; MAX_ALTERNATIVES].join(","));
    assert!(Glob::parse(&exactly, Name).is_ok());
    let deep = format!("{}a{}", "{a,".repeat(100), "}".repeat(100));
    assert_eq!(
        Glob::parse(&deep, Name).err().map(|problem| problem.name),
        Some("too-many-alternatives")
    );
    assert_eq!(
        Glob::parse(&"{".repeat(500), Name)
            .err()
            .map(|problem| problem.name),
        Some("unbalanced-brace")
    );
}

#[test]
fn two_globs_are_equal_when_they_were_read_from_one_text() {
    assert_eq!(glob("a::*", Target), glob("a::*", Target));
    assert_ne!(glob("a", Target), glob("a", Name));
}

mod random {
    use proptest::prelude::*;

    use super::{Glob, GlobKind};

    /// Matching written from the specification alone: every choice is tried.
    fn naive(glob: &[char], text: &[char], separated: bool) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len())
                .take_while(|taken| !separated || !text[..*taken].contains(&':'))
                .any(|taken| naive(rest, &text[taken..], separated)),
            Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..], separated),
        }
    }

    fn naive_path(glob: &[&str], text: &[&str]) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some((&"**", rest)) => (0..=text.len()).any(|taken| naive_path(rest, &text[taken..])),
            Some((segment, rest)) => text.split_first().is_some_and(|(part, others)| {
                let segment: Vec<char> = segment.chars().collect();
                let part: Vec<char> = part.chars().collect();
                naive(&segment, &part, true) && naive_path(rest, others)
            }),
        }
    }

    fn path() -> impl Strategy<Value = String> {
        prop::collection::vec("[ab]{1,3}", 1..5).prop_map(|parts| parts.join("::"))
    }

    fn target() -> impl Strategy<Value = String> {
        prop::collection::vec(prop_oneof!["[ab*]{1,3}", "\\*\\*"], 1..5)
            .prop_filter("two stars stand alone", |parts| {
                parts
                    .iter()
                    .all(|part| part == "**" || !part.contains("**"))
            })
            .prop_map(|parts| parts.join("::"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn matching_agrees_with_trying_everything(glob in target(), text in path()) {
            let parts: Vec<&str> = glob.split("::").collect();
            let segments: Vec<&str> = text.split("::").collect();
            let expected = naive_path(&parts, &segments);
            let target = Glob::parse(&glob, GlobKind::Target).map_err(|problem| TestCaseError::fail(problem.message))?;
            prop_assert_eq!(target.matches(&text), expected);

            let file = Glob::parse(&glob.replace("::", "/"), GlobKind::File).map_err(|problem| TestCaseError::fail(problem.message))?;
            let at_end = (0..=segments.len()).any(|skip| naive_path(&parts, &segments[skip..]));
            prop_assert_eq!(file.matches(&text.replace("::", "/")), at_end);
        }

        #[test]
        fn names_agree_with_trying_everything(glob in "[ab*]{1,6}", text in "[ab]{0,6}") {
            prop_assume!(!glob.contains("***"));
            let name = Glob::parse(&glob, GlobKind::Name).map_err(|problem| TestCaseError::fail(problem.message))?;
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(name.matches(&text), naive(&chars(&glob), &chars(&text), false));
        }

        #[test]
        fn analyses_never_contradict_matching(left in target(), right in target(), text in path()) {
            for (kind, separator) in [(GlobKind::Target, "::"), (GlobKind::File, "/")] {
                let read = |glob: &str| Glob::parse(&glob.replace("::", separator), kind)
                    .map_err(|problem| TestCaseError::fail(problem.message));
                let (left, right) = (read(&left)?, read(&right)?);
                let text = text.replace("::", separator);
                let (in_left, in_right) = (left.matches(&text), right.matches(&text));
                prop_assert!(!(in_left && in_right) || left.overlaps(&right));
                prop_assert!(!left.covers(&right) || !in_right || in_left);
                prop_assert!(!left.accepts_all() || in_left);
            }
        }
    }
}
