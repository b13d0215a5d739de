//! What `check` and `explain` say with the callsites that a program learned.

mod command;

use command::{assert_shown, rheostat};

/// tower-http as it is: its span is DEBUG, its status on an event.
const CALLSITES: &str = r#"
{"kind":"span","name":"request","target":"tower_http::trace::make_span","module":null,"file":"make_span.rs","line":106,"level":"debug","fields":["method","uri","version"]}
{"kind":"event","name":"event on_response.rs:112","target":"tower_http::trace::on_response","module":null,"file":"on_response.rs","line":112,"level":"debug","fields":["message","latency","status"]}
"#;

const POLICY: &str = r#"version = 1
[[rules]]
name = "responses"
match = { target = "tower_http::trace::on_response", event = "*" }
count = { metric = "http_requests_total", labels = ["method", "status"] }
stream = { sink = "stdout", sample = "1/20" }

[[rules]]
name = "typo"
match = { target = "tower_htp::**" }
count = { metric = "typos_total" }
"#;

fn folder(policy: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("p.toml"), policy).expect("it is ours");
    std::fs::write(folder.path().join("c.jsonl"), CALLSITES).expect("it is ours");
    folder
}

#[test]
fn check_offers_the_within_to_write_and_taking_it_ends_the_warning() {
    let here = folder(POLICY);
    let check = ["check", "p.toml", "--inventory", "c.jsonl"];
    let (code, shown) = rheostat(here.path(), &check);
    assert_eq!(code, Some(0), "{shown}");
    let within = "within = { target = \"tower_http::trace::make_span\", span = \"request\" }";
    let told = [
        "warning[RH522 name-below-scope-level]: `method` is declared only by spans below `scope_level`",
        "p.toml:5:54",
        within,
        "warning[RH523 unmatched-so-far]",
        "p.toml:8:1",
        "2 warnings",
    ];
    assert_shown(&shown, &told);
    assert!(
        !shown.contains("`status`"),
        "its callsite declares it\n{shown}"
    );

    let mended = POLICY
        .replacen("[[rules]]", &format!("[[rules]]\n{within}"), 1)
        .replace("tower_htp", "tower_http");
    let here = folder(&mended);
    let (code, shown) = rheostat(here.path(), &check);
    assert_eq!(code, Some(0), "{shown}");
    assert_shown(&shown, &["fine", "0 warnings"]);
}

#[test]
fn what_callsites_show_can_be_allowed_and_denied() {
    let check = ["check", "p.toml", "--inventory", "c.jsonl"];
    let lint = |lint: &str| POLICY.replacen("[[rules]]", &format!("[lint]\n{lint}\n[[rules]]"), 1);
    let here = folder(&lint(
        "allow = [\"name-below-scope-level\", \"unmatched-so-far\"]",
    ));
    let (code, shown) = rheostat(here.path(), &check);
    assert_eq!(code, Some(0), "{shown}");
    assert_shown(&shown, &["fine", "0 warnings"]);

    let here = folder(&lint("deny = [\"unmatched-so-far\"]"));
    let (code, shown) = rheostat(here.path(), &check);
    assert_eq!(code, Some(1), "{shown}");
    assert_shown(&shown, &["error[RH523 unmatched-so-far]"]);
    assert!(!shown.contains("fine"), "{shown}");
}

#[test]
fn explain_says_where_a_record_goes_and_what_its_spans_cost() {
    let mended = POLICY.replacen("match", "within = { span = \"request\" }\nmatch", 1);
    let here = folder(&mended);
    let (code, shown) = rheostat(
        here.path(),
        &["explain", "p.toml", "--inventory", "c.jsonl"],
    );
    assert_eq!(code, Some(0), "{shown}");
    let told = [
        "does: count http_requests_total{method, status}",
        "does: stream to stdout (stdout), a sample of 0.05",
        "each record must be inside a `within` span",
        "request (tower_http::trace::make_span@make_span.rs:106): each costs a slot, and a copy of",
        "its spans are kept for: responses (`within`",
        "typo (line 9): no, `match` does not hold (line 11: target)",
    ];
    assert_shown(&shown, &told);
}
