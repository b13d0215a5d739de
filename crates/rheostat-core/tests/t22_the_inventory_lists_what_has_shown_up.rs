//! T22: a callsite shows up when it first runs, or when `[inventory] level` lets it register though
//! no rule wants it.

mod common;

use common::{Mount, on};
use rheostat_core::plan::KeptBecause;
use rheostat_policy::model::Level;

const POLICY: &str = r#"
    [inventory]
    level = "debug"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*", level = "info" }
    within = { span = "request", level = "info" }
    count = { metric = "seen_total" }
"#;

fn quiet() {
    tracing::debug!(target: "quiet", "no rule wants this");
}

fn too_quiet() {
    tracing::trace!(target: "too_quiet", "below the level");
}

#[test]
fn the_inventory_lists_what_has_shown_up() {
    let name = "the_inventory_lists_what_has_shown_up";
    // Another dispatcher without a hint would let everything register.
    on(
        name,
        |case| case.mount == Mount::Subscriber && !case.second_dispatcher,
        |_, world| {
            world.apply(POLICY);
            tracing::info_span!("request").in_scope(|| tracing::info!(target: "app", "event"));
            quiet();
            too_quiet();
            assert_eq!(world.heard(), ["seen"]);
            let listed = world.engine.inventory();
            let find = |target: &str| {
                listed
                    .iter()
                    .find(|listed| listed.callsite.target == target)
            };
            assert_eq!(find("app").expect("it ran").rules.len(), 1);
            assert!(find("quiet").expect("it ran").rules.is_empty());
            assert!(find("too_quiet").is_none());
            assert_eq!(world.engine.unseen_levels(), [Level::Trace]);
            let request = listed
                .iter()
                .find(|listed| listed.callsite.name == "request");
            let kept = &request.expect("it ran").kept_for;
            assert_eq!(kept.len(), 1);
            assert_eq!(kept[0].1, [KeptBecause::Within]);
        },
    );
}
