//! The load generator as a program: arguments in, one JSON report out.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report is this program's output"
)]

use std::error::Error;
use std::process::ExitCode;

use shop::load::{Arguments, run};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(usage) => {
            eprintln!("{usage}");
            return Ok(ExitCode::from(2));
        }
    };
    let report = tokio::runtime::Runtime::new()?.block_on(run(&arguments))?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(if report.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
