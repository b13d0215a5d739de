//! The words of the command line, and what each does.

use std::process::ExitCode;

use crate::{harness, scale, service, soak};

/// Does what the command line says.
pub fn run() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["slots", case] => harness::child::slots(case),
        ["once", name] => harness::once::one(name),
        ["count", case, slices, operations] => harness::child::count(case, slices, operations),
        ["point", experiment, line, size] => scale::point(experiment, line, size),
        ["serve", build] => service::serve(build),
        ["load", address, visits, seed] => service::load(address, visits, seed),
        ["scale", options @ ..] => scale::alone(options),
        ["service", options @ ..] => service::alone(options),
        ["soak", options @ ..] => soak::run(options),
        ["--bless"] => harness::counts::bless(),
        ["--check"] => harness::counts::check(),
        options => harness::options::read(options).and_then(|options| harness::run::all(&options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
