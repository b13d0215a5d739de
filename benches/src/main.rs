//! The benchmarks as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    rheostat_benches::run()
}
