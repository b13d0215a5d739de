//! What a real service pays: the shop under load from another process, in four builds of its telemetry and one of
//! them twice, taking turns.

mod figures;
#[cfg_attr(feature = "service", path = "service/on.rs")]
#[cfg_attr(not(feature = "service"), path = "service/off.rs")]
mod shop;
mod shopkeeper;
mod turns;

pub(crate) use shop::{load, serve};

use crate::harness::machine;
use crate::harness::sibling::Program;

/// How the service is built; the first one twice, to see what two of the same differ by.
pub(crate) const BUILDS: [(&str, &str); 5] = [
    ("none", "no subscriber"),
    ("none again", "no subscriber, once more (A/A)"),
    ("empty", "Rheostat, empty policy"),
    (
        "full",
        "Rheostat, 20 rules: counters, histograms, streams, 5 % of spans",
    ),
    (
        "peer",
        "tracing-opentelemetry, 5 % of spans, and `fmt` JSON of the same events, non_blocking",
    ),
];

/// How many turns each build gets.
const ROUNDS: usize = 40;
/// How many visits a turn has, each of one request or two.
const VISITS: u64 = 800;

/// Only this part of the report.
///
/// # Errors
///
/// An unknown word, or what went wrong.
pub(crate) fn alone(words: &[&str]) -> Result<(), String> {
    let quick = match words {
        [] => false,
        ["--quick"] => true,
        other => {
            return Err(format!(
                "{} is not an option of service: --quick",
                other.join(" ")
            ));
        }
    };
    print!("{}", report(quick)?);
    Ok(())
}

/// The section of the report; empty where the program with the shop was not built.
///
/// # Errors
///
/// A service that did not start or answer.
pub(crate) fn report(quick: bool) -> Result<String, String> {
    if !Program::Service.is_there() {
        return Ok(String::new());
    }
    let (rounds, visits) = if quick { (3, 100) } else { (ROUNDS, VISITS) };
    eprintln!("service: {rounds} rounds");
    let turns = turns::taken(rounds, visits)?;
    Ok(format!(
        "`examples/shop` (axum, tower-http, sqlx, reqwest) and its load in another process, eight visitors at once, {rounds} turns\n\
         of {visits} visits for each build, in turn; minimum and median over the turns. The full policy is `benches/service.toml`.\n\
         CPU is that of the whole service process, its own threads included. {} at the end.\n\n{}",
        machine::load(),
        figures::table(&turns),
    ))
}
