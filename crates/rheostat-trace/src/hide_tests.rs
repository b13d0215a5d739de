use super::*;

use rheostat_policy::expr::Pattern;

fn shown(redactions: Vec<Redaction>) -> Shown {
    Shown::new(
        None,
        redactions,
        Arc::new(|text| format!("#{}", text.len())),
        16,
    )
}

fn pattern(re: &str, with: &str) -> Redaction {
    let regex = regex::Regex::new(re).expect("a regex");
    Redaction::Pattern(Pattern(regex), with.into())
}

fn one(shown: &Shown, key: &'static str, value: impl Into<Value>) -> String {
    match shown.redacted(KeyValue::new(key, value)) {
        Some(attribute) => attribute.value.to_string(),
        None => "nothing".to_owned(),
    }
}

#[test]
fn a_pattern_hides_a_part_of_any_value() {
    let shown = shown(vec![pattern("[0-9]{4}", "$0")]);
    assert_eq!(one(&shown, "card", "nr 1234!"), "nr $0!");
    assert_eq!(one(&shown, "card", 1234_i64), "$0");
    assert_eq!(shown.text("pay 1234".into()), "pay $0");
}

#[test]
fn a_long_text_is_cut_at_a_character() {
    let shown = shown(Vec::new());
    assert_eq!(one(&shown, "a", "äääääääääää"), "ääääää…");
    assert_eq!(one(&shown, "a", "short"), "short");
}

#[test]
fn a_replacement_is_not_a_template() {
    let shown = shown(vec![pattern("(s)ecret", "$1")]);
    assert_eq!(one(&shown, "a", "a secret"), "a $1");
}
