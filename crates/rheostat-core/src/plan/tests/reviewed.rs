//! What callsites show of a policy.

use std::sync::Arc;

use rheostat_policy::model::Level;

use crate::callsite::Callsite;
use crate::plan::{unlent, unmatched};
use crate::testing::{World, event, span};

const RULE: &str = "[[rules]]\nmatch = { target = \"app\" }\ncount = { metric = \"a_total\", labels = [\"method\"] }\n";

fn sites() -> [Arc<Callsite>; 2] {
    [
        event("app", Level::Info, &["status"]),
        span("request", Level::Debug, &["method"]),
    ]
}

#[test]
fn a_name_that_only_spans_below_scope_level_declare_is_told_with_the_within_to_write() {
    let sites = sites();
    let sites: Vec<&Callsite> = sites.iter().map(|site| &**site).collect();
    let world = World::new(RULE);
    let policy = world.image.policy();
    let found = unlent(&world.image, &sites);
    assert_eq!(found.len(), 1);
    let told = found[0].diagnostic(policy);
    let place = told.primary.place;
    let shown = &policy.source.text[place.start as usize..place.end as usize];
    assert_eq!((told.code, shown), ("RH522", "method"));
    let edit = told.helps[0].edit.as_ref().expect("it can be written");
    let mut mended = policy.source.text.to_string();
    mended.replace_range(
        edit.place.start as usize..edit.place.end as usize,
        &edit.with,
    );
    assert!(mended.contains("within = { target = "), "{mended}");
    let rule = &mended[mended.find("[[rules]]").expect("the rule")..];
    assert!(unlent(&World::new(rule).image, &sites).is_empty());
}

#[test]
fn a_name_that_is_lent_or_declared_or_unknown_is_not_told() {
    let [event_site, request] = sites();
    let world = World::new(RULE);
    let lent = span("visit", Level::Info, &["method"]);
    assert!(unlent(&world.image, &[&event_site, &request, &lent]).is_empty());
    let own = event("app", Level::Info, &["method"]);
    assert!(unlent(&world.image, &[&own, &request]).is_empty());
    assert!(unlent(&world.image, &[&event_site]).is_empty());
    assert!(unlent(&world.image, &[&request]).is_empty());
}

#[test]
fn a_rule_that_nothing_falls_under_is_told_and_others_are_not() {
    let world = World::new(&format!("{RULE}{}", RULE.replace("app", "ap")));
    let sites = sites();
    let sites: Vec<&Callsite> = sites.iter().map(|site| &**site).collect();
    let found = unmatched(&world.image, &sites);
    let told: Vec<&str> = found.iter().map(|found| &*found.message).collect();
    assert_eq!(told, ["none of the 2 callsites known falls under `rule 2`"]);
}
