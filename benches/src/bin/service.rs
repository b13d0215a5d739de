//! The same program with the shop and OpenTelemetry linked.

use std::process::ExitCode;

fn main() -> ExitCode {
    rheostat_benches::run()
}
