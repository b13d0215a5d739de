//! The callsites that all programs share.

use rheostat_policy::model::Level;

use super::FIELDS;
use crate::world::Site;

const TARGETS: [&str; 5] = ["app", "app::db", "app::http::in", "lib", "lib::db"];
const SPANS: [&str; 4] = ["outer", "inner work", "request", "in"];
const EVENTS: [&str; 3] = ["event src/db.rs:41", "e", "named"];

/// The pool: half of it spans, with every level, and a window of the fields each.
pub(crate) fn pool() -> Vec<Site> {
    (0..48).map(site).collect()
}

fn site(number: usize) -> Site {
    let is_span = number.is_multiple_of(2);
    let pick = number / 2;
    let name = if is_span {
        SPANS[pick % SPANS.len()]
    } else {
        EVENTS[pick % EVENTS.len()]
    };
    let fields = 0..=pick % 5;
    let module = (!pick.is_multiple_of(4)).then(|| TARGETS[(pick + 1) % TARGETS.len()]);
    Site {
        is_span,
        name: name.to_owned(),
        target: TARGETS[pick % TARGETS.len()].to_owned(),
        module: module.map(str::to_owned),
        file: [Some("src/db.rs"), Some("lib/src/http/in.rs"), None][pick % 3].map(str::to_owned),
        line: [Some(41), Some(10), None][number % 3],
        level: Level::ALL[(pick * 7 + number) % 5],
        fields: fields
            .map(|at| FIELDS[(pick * 3 + at) % FIELDS.len()].to_owned())
            .collect(),
    }
}
