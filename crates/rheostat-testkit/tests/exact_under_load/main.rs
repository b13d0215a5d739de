//! Promise 3: counts are exact, from every thread, across reloads, on every mount.
#![allow(clippy::expect_used, reason = "a test that cannot go on says why")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a test are far below 2^53"
)]

mod load;
mod parked;

use std::time::Duration;

use rheostat_testkit::process::on_every_mount;

/// Far more than either test takes, under a sanitizer too.
const LIMIT: Duration = Duration::from_secs(300);

#[test]
fn counts_are_exact_under_load_and_reloads() {
    on_every_mount(
        "counts_are_exact_under_load_and_reloads",
        LIMIT,
        load::exact_under_load,
    );
}

#[test]
fn a_reader_parked_in_a_debug_holds_its_table_and_loses_nothing() {
    let name = "a_reader_parked_in_a_debug_holds_its_table_and_loses_nothing";
    on_every_mount(name, LIMIT, parked::parked_in_a_debug);
}
