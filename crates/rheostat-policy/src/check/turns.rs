//! Rules that send to one sink: of those that hold, the most generous decides
//! alone, so one that is always beside a more generous one does nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::never::shown;
use super::overlap::{Feed, covered};
use crate::codes::analysis::COVERED;
use crate::diagnostic::Report;
use crate::model::{Drop, Limits, Rule, SinkId};

/// More pairs of actions than this are not looked into, in all.
const MOST_PAIRS: usize = 20_000;

/// Actions that never get a turn at their sink.
pub(crate) fn reports(rules: &[Rule], out: &mut Vec<Report>) {
    let mut sinks: BTreeMap<SinkId, Vec<Feed<'_>>> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.enabled && !rule.shadow) {
        for action in &rule.actions {
            if let Some(sink) = action.sink {
                sinks.entry(sink).or_default().push(Feed { rule, action });
            }
        }
    }
    let mut pairs = MOST_PAIRS;
    for feeds in sinks.values() {
        for (at, feed) in feeds.iter().enumerate() {
            let Some(left) = pairs.checked_sub(feeds.len()) else {
                return;
            };
            pairs = left;
            let winner = feeds.iter().enumerate().find(|(other_at, other)| {
                *other_at != at
                    && wins(other, *other_at < at, feed)
                    && seen_by(rules, other, feed)
                    && covered(other, feed)
            });
            if let Some((_, winner)) = winner {
                out.push(report(winner, feed));
            }
        }
    }
}

fn report(winner: &Feed<'_>, loser: &Feed<'_>) -> Report {
    Report::new(
        &COVERED,
        loser.action.place,
        format!(
            "`{}` of {} never sends anything",
            loser.action.name,
            shown(loser.rule)
        ),
    )
    .under("another rule holds whenever this one does, and decides for both")
    .also(
        winner.action.place,
        format!("sends to the same sink, {}", limited(&winner.action.limits)),
    )
    .help("take it out, send it to another sink, or limit the other one more")
}

fn limited(limits: &Limits) -> &'static str {
    match class(limits) {
        0 => "without any limit",
        1 => "a larger share",
        2 => "by `every`",
        _ => "by `rate`",
    }
}

/// No limit before `sample` before `every` before `rate`; who has several stands by the last.
fn class(limits: &Limits) -> u8 {
    match limits {
        Limits { rate: Some(_), .. } => 3,
        Limits { every: Some(_), .. } => 2,
        Limits {
            sample: Some(_), ..
        } => 1,
        _ => 0,
    }
}

/// Whether the first decides where both hold.
fn wins(one: &Feed<'_>, is_earlier: bool, other: &Feed<'_>) -> bool {
    if one.action.is_durable() != other.action.is_durable() {
        return one.action.is_durable();
    }
    let (one, other) = (&one.action.limits, &other.action.limits);
    let ratio = |limits: &Limits| limits.sample.as_ref().map_or(1.0, |sample| sample.ratio);
    let by_ratio = match class(one) {
        1 => ratio(other).total_cmp(&ratio(one)),
        _ => Ordering::Equal,
    };
    match class(one).cmp(&class(other)).then(by_ratio) {
        Ordering::Less => true,
        Ordering::Equal => is_earlier,
        Ordering::Greater => false,
    }
}

/// Whether no `drop` hides from the first what the second sees.
fn seen_by(rules: &[Rule], one: &Feed<'_>, other: &Feed<'_>) -> bool {
    let (from, to) = (other.rule.id, one.rule.id);
    rules
        .iter()
        .filter(|rule| rule.enabled && !rule.shadow && rule.id < to)
        .all(|rule| match &rule.drop {
            None => true,
            Some(Drop::All) => rule.id < from,
            Some(Drop::Actions(names)) => {
                let hides = |name| names.contains(&name);
                !hides(one.action.name) || (rule.id < from && hides(other.action.name))
            }
        })
}
