//! `rheostat-faults`: runs the table of faults, or is one of the programs in it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints its result"
)]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rheostat_faults::{canary, child, peer, rates, report, run};

const USAGE: &str = "rheostat-faults [--rates] [--hang SECONDS] [--kills KILLS] [--minutes MINUTES] [--write FILE] [SINK…]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["child", folder, run] => child::main(Path::new(folder), run),
        ["canary", folder, wait] => canary::main(Path::new(folder), *wait == "wait"),
        ["peer", kind, place, folder] => peer::main(kind, place, Path::new(folder)),
        words => return table(words),
    }
    ExitCode::SUCCESS
}

fn table(words: &[&str]) -> ExitCode {
    let Some((scale, file)) = options(words) else {
        eprintln!("usage: {USAGE}");
        return ExitCode::FAILURE;
    };
    let (page, holds) = if scale.rates {
        (rates::page(&scale), true)
    } else {
        let whole = run::all(&scale);
        (report::page(&whole, &scale), whole.holds())
    };
    match file {
        None => println!("{page}"),
        Some(file) => {
            if let Err(error) = std::fs::write(&file, page) {
                eprintln!("error: cannot write {file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(words: &[&str]) -> Option<(run::Scale, Option<String>)> {
    let mut scale = run::Scale::of_ci();
    let mut file = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--hang" => scale.hang = Duration::from_secs(words.next()?.parse().ok()?),
            "--kills" => scale.kills = words.next()?.parse().ok()?,
            "--minutes" => {
                let minutes: u64 = words.next()?.parse().ok()?;
                scale.until = Some(Instant::now() + Duration::from_secs(minutes * 60));
            }
            "--rates" => scale.rates = true,
            "--write" => file = Some((*words.next()?).to_owned()),
            sink if !sink.starts_with('-') => scale.only.push(sink.to_owned()),
            _ => return None,
        }
    }
    Some((scale, file))
}
