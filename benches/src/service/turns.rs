//! The builds taking turns.

use std::process::Command;

use super::BUILDS;
use super::shopkeeper::Shopkeeper;
use crate::harness::sibling::Program;

/// What one build did in each of its turns.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Requests a second.
    pub(super) rate: Vec<f64>,
    /// Milliseconds that half of the answers took at most.
    pub(super) p50: Vec<f64>,
    /// And all but one in a hundred.
    pub(super) p99: Vec<f64>,
    /// Microseconds of processor time a request.
    pub(super) cpu: Vec<f64>,
    /// MiB that were resident after each.
    pub(super) resident: Vec<f64>,
}

/// Starts all builds, and gives each so many turns.
pub(super) fn taken(rounds: usize, visits: u64) -> Result<Vec<Turns>, String> {
    let shops: Vec<Shopkeeper> = BUILDS
        .iter()
        .map(|(build, _)| Shopkeeper::of(build))
        .collect::<Result<_, _>>()?;
    let mut all: Vec<Turns> = shops.iter().map(|_| Turns::default()).collect();
    // One turn that does not count: connections, caches, callsites.
    for shop in &shops {
        visited(shop, visits, 0)?;
    }
    for round in 0..rounds {
        for nth in 0..shops.len() {
            // Another one begins each time, so that none always follows the same.
            let at = (round + nth) % shops.len();
            let (shop, turns) = (&shops[at], &mut all[at]);
            let before = shop.used()?;
            let [answered, rate, p50, p99] = visited(shop, visits, round as u64 + 1)?;
            turns.cpu.push((shop.used()? - before) / answered);
            turns.rate.push(rate);
            turns.p50.push(p50);
            turns.p99.push(p99);
            turns.resident.push(shop.resident()?);
        }
    }
    Ok(all)
}

/// The same visits for every build of a round.
fn visited(shop: &Shopkeeper, visits: u64, seed: u64) -> Result<[f64; 4], String> {
    let output = Command::new(Program::Service.path()?)
        .args([
            "load",
            &shop.address,
            &visits.to_string(),
            &seed.to_string(),
        ])
        .output()
        .map_err(|error| format!("the load cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = said
        .split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect();
    numbers.try_into().map_err(|_| {
        let why = String::from_utf8_lossy(&output.stderr);
        format!("the load on {} failed: {why}", shop.address)
    })
}
