//! The table of the builds.

use std::fmt::Write;

use super::BUILDS;
use super::turns::Turns;

/// How much a full policy may cost, as a share.
const MOST: f64 = 0.01;

/// One line a build, and what the full policy came to beside none.
pub(super) fn table(all: &[Turns]) -> String {
    let mut text = String::from(
        "| build | requests/s, best | median | p50 ms, best | median | p99 ms, best | median | CPU µs a request, best | median | RSS MiB |\n\
         |--|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for ((_, what), turns) in BUILDS.iter().zip(all) {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {what} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} | {:.1} |",
            turns.rate.iter().copied().fold(0.0, f64::max),
            median(&turns.rate),
            least(&turns.p50),
            median(&turns.p50),
            least(&turns.p99),
            median(&turns.p99),
            least(&turns.cpu),
            median(&turns.cpu),
            turns.resident.last().copied().unwrap_or(f64::NAN),
        );
    }
    text.push_str("\n| beside no subscriber, medians | requests/s | p99 | CPU a request | verdict |\n|--|--:|--:|--:|--|\n");
    let [none, again, empty, full, peer] = all else {
        return text;
    };
    let spread = [
        change(&none.rate, &again.rate).abs(),
        change(&none.p99, &again.p99).abs(),
    ];
    for (what, turns) in [
        ("A/A", again),
        ("empty policy", empty),
        ("full policy", full),
        ("the peer", peer),
    ] {
        let (rate, p99) = (
            change(&none.rate, &turns.rate),
            change(&none.p99, &turns.p99),
        );
        let holds = -rate <= MOST.max(spread[0]) && p99 <= MOST.max(spread[1]);
        let verdict = match (what, holds) {
            ("full policy", true) => "holds: within 1 % or the A/A spread",
            ("full policy", false) => "MISSED: neither within 1 % nor within the A/A spread",
            _ => "",
        };
        let _ = writeln!(
            text,
            "| {what} | {:+.1} % | {:+.1} % | {:+.1} % | {verdict} |",
            rate * 100.0,
            p99 * 100.0,
            change(&none.cpu, &turns.cpu) * 100.0,
        );
    }
    text
}

/// By how much a build differs from another, as the median over the rounds of what it was in that round beside the
/// other in the same: what the machine did meanwhile hits both.
fn change(beside: &[f64], turns: &[f64]) -> f64 {
    let ratios: Vec<f64> = turns
        .iter()
        .zip(beside)
        .map(|(turn, other)| turn / other)
        .collect();
    median(&ratios) - 1.0
}

fn least(turns: &[f64]) -> f64 {
    turns.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(turns: &[f64]) -> f64 {
    let mut sorted = turns.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(of: f64) -> Turns {
        let some = || vec![of * 0.9, of, of * 1.1];
        Turns {
            rate: some(),
            p50: some(),
            p99: some(),
            cpu: some(),
            resident: some(),
        }
    }

    #[test]
    fn a_full_policy_is_held_to_none_in_the_same_rounds() {
        let shown = |full: f64| {
            table(&[
                turns(100.0),
                turns(100.2),
                turns(100.0),
                turns(full),
                turns(70.0),
            ])
        };
        assert!(
            shown(100.5).contains("| full policy | +0.5 % | +0.5 % | +0.5 % | holds"),
            "{}",
            shown(100.5)
        );
        assert!(shown(90.0).contains("| full policy | -10.0 % | -10.0 % | -10.0 % | MISSED"));
    }
}
