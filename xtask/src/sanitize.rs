//! `cargo xtask sanitize`: exactness under load and hostile programs under the address sanitizer.

use crate::{Failure, process};

/// Where sanitizers run: they need the target named.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Runs those tests of the testkit that drive all of the engine from many threads.
///
/// `RHEOSTAT_SOAK_SECONDS` says for how long the load lasts. Further words go to the tests.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut command = process::cargo(&["test", "--target", PLATFORM]);
    command.args(["--package", "rheostat-testkit"]);
    command.args(["--test", "exact_under_load", "--test", "hostile"]);
    command.args(words);
    // Sanitizers are not stable; this is the compiler's own way to use them all the same.
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zsanitizer=address")
        .env("CARGO_TARGET_DIR", process::target().join("address"));
    process::run(&mut command)
}
