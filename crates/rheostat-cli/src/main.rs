//! The `rheostat` command: what a policy says, and what is wrong with it, before a program runs it; and whether a
//! trail that a program left is whole.
#![forbid(unsafe_code)]
#![allow(clippy::print_stderr, reason = "a command says what stopped it")]

mod arguments;
mod callsites;
mod check;
mod explain;
mod input;
mod print;
mod schema;
mod verify;
mod vocabulary;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser as _;

/// 0: fine. 1: errors in the input. 2: wrong usage (clap's own, too).
fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
    };
    match outcome {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Errors) => ExitCode::from(1),
        Err(wrong) => {
            eprintln!("error: {wrong}");
            ExitCode::from(2)
        }
    }
}

/// What a command found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    Errors,
}
