//! T27: metrics outlive policies. An edit resets no counter, loses no open span of an up-down gauge, leaves no
//! series of the policy before and shows none twice.

mod parser;

use std::sync::Arc;

use rheostat_core::engine::{Engine, Options};
use rheostat_core::mount::Root;
use rheostat_core::sink::NoTaps;
use rheostat_metrics::{Format, ManualClock, Metrics, Registry};
use rheostat_policy::{NoEnvironment, check, first_party};
use tracing::{Dispatch, dispatcher, info, info_span};

const STAYS: &str = r#"
    [[rules]]
    name = "stays"
    match = { target = "t27", event = "*" }
    count = { metric = "hits_total", labels = ["kind"] }
    histogram = { metric = "took_seconds", of = "took", unit = "seconds" }
    gauge = { metric = "depth", of = "took" }
    [[rules]]
    name = "open"
    match = { target = "t27", span = "work" }
    gauge = { metric = "open_work", of = "@open" }
"#;

const GOES: &str = r#"
    [[rules]]
    name = "goes"
    match = { target = "t27", event = "*" }
    count = { metric = "gone_total", labels = ["kind"] }
"#;

#[test]
fn an_edit_resets_and_doubles_no_series() {
    let registry = Registry::with(2, ManualClock::new());
    let options = Options {
        canary: false,
        ..Options::default()
    };
    let engine = Engine::new(Metrics::native(registry.clone()), options);
    let dispatch = Dispatch::new(Root::subscriber(Arc::clone(&engine)));
    let apply = |text: &str| {
        let text = format!("version = 1\n{text}");
        let vocabulary = first_party::vocabulary();
        let checked = check(text.as_bytes(), "policy", &vocabulary, &NoEnvironment);
        let policy = checked
            .policy
            .unwrap_or_else(|| panic!("{}", checked.diagnostics));
        engine
            .apply(Arc::new(policy), &NoTaps)
            .expect("it can be staged");
    };
    let hit = || info!(target: "t27", kind = "a", took = 0.5);
    // What a scraper sees; the parser refuses a series, or a metric, that is there twice.
    let scraped = || {
        let page = Format::Text.render(&registry.snapshot());
        let page = String::from_utf8(page).expect("text");
        parser::text(&page).unwrap_or_else(|error| panic!("{error:?}\n{page}"))
    };
    dispatcher::with_default(&dispatch, || {
        apply(&format!("{STAYS}{GOES}"));
        engine.installed();
        let work = info_span!(target: "t27", "work");
        hit();
        for edit in 1..=20 {
            // Turn by turn a rule goes and comes, before and behind the ones that stay.
            let text = match edit % 3 {
                0 => format!("{STAYS}{GOES}"),
                1 => STAYS.to_owned(),
                _ => format!("{GOES}{STAYS}"),
            };
            apply(&text);
            hit();
            let seen = scraped();
            let all = f64::from(edit + 1);
            assert_eq!(seen.value("hits_total", &[("kind", "a")]), Some(all));
            assert_eq!(seen.value("took_seconds_count", &[]), Some(all));
            assert_eq!(seen.value("took_seconds_sum", &[]), Some(all / 2.0));
            assert_eq!(seen.value("depth", &[]), Some(0.5));
            assert_eq!(seen.value("open_work", &[]), Some(1.0));
            // One that was gone starts anew; while it is gone nothing of it is shown.
            let gone = seen.value("gone_total", &[("kind", "a")]);
            assert_eq!(
                gone,
                [Some(2.0), None, Some(1.0)][edit as usize % 3],
                "edit {edit}"
            );
        }
        drop(work);
        assert_eq!(scraped().value("open_work", &[]), Some(0.0));
    });
}
