//! Which rules a callsite may fall under, without asking each of them.
//!
//! Made once per policy from what its selectors say literally: how their targets begin, or the names of what
//! they are about, and the kinds and levels they accept. A rule that is left out certainly does not match; one
//! that is given has still to be asked.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use rheostat_policy::glob::Glob;
use rheostat_policy::model::{Kinds, Level, Rule, Selector};

use crate::callsite::{Callsite, CallsiteKind};

/// More segments of a target than this are not looked at.
const DEPTH: usize = 4;

/// Rules by a text that all they match has in common, in file order.
type ByText = HashMap<Box<str>, Vec<u32>, FixedState>;

/// The rules of a policy, by where they look.
#[derive(Debug, Default)]
pub(super) struct RuleIndex {
    /// By the segments with which targets begin.
    heads: ByText,
    /// Whether any of those are so many segments, from one on.
    depths: [bool; DEPTH],
    /// By the name of a span or an event.
    names: ByText,
    /// Rules that say neither.
    anywhere: Vec<u32>,
    /// By rule: one bit for each kind and level that it may accept.
    accepts: Box<[u16]>,
}

impl RuleIndex {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut index = Self {
            accepts: rules.iter().map(accepted).collect(),
            ..Self::default()
        };
        for rule in rules.iter().filter(|rule| rule.enabled) {
            index.add(rule);
        }
        index
    }

    fn add(&mut self, rule: &Rule) {
        // Every list must have a selector that holds, so any one of them may be looked up by. The rule's own
        // stands last, and says more than its group's.
        let lists = || rule.matches.iter().rev();
        if let Some(heads) = lists().find_map(|list| of_all(list, heads)) {
            for mut head in heads {
                head.truncate(DEPTH);
                self.depths[head.len() - 1] = true;
                file(&mut self.heads, &head.join("::"), rule);
            }
        } else if let Some(names) = lists().find_map(|list| of_all(list, names)) {
            for name in names {
                file(&mut self.names, &name.concat(), rule);
            }
        } else {
            self.anywhere.push(rule.id.0);
        }
    }

    /// The positions of the rules that a callsite may fall under, in file order.
    pub(super) fn candidates(&self, callsite: &Callsite) -> Candidates<'_> {
        let mut candidates = Candidates {
            lists: [&[]; DEPTH + 2],
            accepts: &self.accepts,
            bit: 0,
        };
        let Some(bit) = bit(callsite.kind, callsite.level) else {
            return candidates;
        };
        candidates.bit = bit;
        let [anywhere, named, of_heads @ ..] = &mut candidates.lists;
        *anywhere = &self.anywhere;
        if !self.names.is_empty() {
            *named = self.names.get(&*callsite.name).map_or(&[], Vec::as_slice);
        }
        let depths = (1..).zip(self.depths).zip(of_heads);
        for ((depth, _), rules) in depths.filter(|((_, used), _)| *used) {
            let found = head(&callsite.target, depth).and_then(|head| self.heads.get(head));
            *rules = found.map_or(&[], Vec::as_slice);
        }
        candidates
    }
}

/// The rules that a callsite may fall under: several ordered lists as one, each rule once.
pub(super) struct Candidates<'i> {
    lists: [&'i [u32]; DEPTH + 2],
    accepts: &'i [u16],
    /// The callsite's kind and level.
    bit: u16,
}

impl Iterator for Candidates<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let next = *self.lists.iter().filter_map(|list| list.first()).min()?;
            for list in &mut self.lists {
                // Two alternatives of one rule may be how one target begins.
                if list.first() == Some(&next) {
                    *list = &list[1..];
                }
            }
            let rule = next as usize;
            if self.accepts[rule] & self.bit != 0 {
                return Some(rule);
            }
        }
    }
}

fn file(index: &mut ByText, text: &str, rule: &Rule) {
    match index.get_mut(text) {
        Some(rules) if rules.last() == Some(&rule.id.0) => {}
        Some(rules) => rules.push(rule.id.0),
        None => {
            index.insert(text.into(), vec![rule.id.0]);
        }
    }
}

/// What the selectors of a list look for; `None` where one of them does not say.
fn of_all<'r, T>(
    list: &'r [Selector],
    of: impl Fn(&'r Selector) -> Option<Vec<T>>,
) -> Option<Vec<T>> {
    let mut all = Vec::new();
    for selector in list {
        all.extend(of(selector)?);
    }
    Some(all)
}

/// How the targets begin that a selector accepts.
fn heads(selector: &Selector) -> Option<Vec<Vec<&str>>> {
    beginnings(&selector.target)
}

/// The names that it accepts: a name has one segment, so its beginning is all of it.
fn names(selector: &Selector) -> Option<Vec<Vec<&str>>> {
    match &selector.kinds {
        Kinds::Unsaid => None,
        Kinds::Spans(globs) | Kinds::Events(globs) => beginnings(globs),
    }
}

fn beginnings(globs: &[Glob]) -> Option<Vec<Vec<&str>>> {
    let all: Vec<_> = globs.iter().flat_map(Glob::heads).collect();
    let said = !all.is_empty() && all.iter().all(|head| !head.is_empty());
    said.then_some(all)
}

/// The first segments of a target; `None` where it has fewer.
fn head(target: &str, segments: usize) -> Option<&str> {
    let bytes = target.as_bytes();
    let mut from = 0;
    for nth in 1..=segments {
        let rest = &bytes[from..];
        match rest.windows(2).position(|pair| pair == b"::") {
            Some(at) if nth == segments => return target.get(..from + at),
            Some(at) => from += at + 2,
            None => return (nth == segments).then_some(target),
        }
    }
    None
}

fn bit(kind: CallsiteKind, level: Level) -> Option<u16> {
    let of_kind = match kind {
        CallsiteKind::Event => 0,
        CallsiteKind::Span => 8,
        CallsiteKind::Hint => return None,
    };
    Some(1 << (of_kind + level as u16))
}

/// The kinds and levels that a rule may accept.
fn accepted(rule: &Rule) -> u16 {
    let of_list = |list: &Vec<Selector>| list.iter().fold(0, |bits, one| bits | of_selector(one));
    rule.matches
        .iter()
        .fold(u16::MAX, |bits, list| bits & of_list(list))
}

fn of_selector(selector: &Selector) -> u16 {
    let kinds: &[CallsiteKind] = match selector.kinds {
        Kinds::Unsaid => &[CallsiteKind::Event, CallsiteKind::Span],
        Kinds::Spans(_) => &[CallsiteKind::Span],
        Kinds::Events(_) => &[CallsiteKind::Event],
    };
    let levels = Level::ALL
        .into_iter()
        .filter(|level| selector.level.accepts(*level));
    levels
        .flat_map(|level| kinds.iter().filter_map(move |kind| bit(*kind, level)))
        .fold(0, |bits, bit| bits | bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, policy, span};

    fn candidates(text: &str, callsite: &Callsite) -> Vec<usize> {
        RuleIndex::of(&policy(text).rules)
            .candidates(callsite)
            .collect()
    }

    const TARGETS: &str = r#"
        [[rules]]
        match = [{ target = "app::{db,web}::**" }, { target = "app::db" }]
        count = { metric = "a_total" }
        [[rules]]
        match = { level = "error" }
        count = { metric = "b_total" }
        [[rules]]
        match = { target = "app::**", level = "warn" }
        count = { metric = "c_total" }
        [[rules]]
        match = { target = ["other", "*::db"] }
        count = { metric = "d_total" }
        [[rules]]
        match = { event = "*", target = "app::db::pool::a::b::c" }
        count = { metric = "e_total" }
    "#;

    #[test]
    fn rules_are_given_in_file_order_and_once() {
        let of = |target, level| candidates(TARGETS, &event(target, level, &[]));
        assert_eq!(of("app::db", Level::Error), [0, 1, 2, 3]);
        assert_eq!(of("app::web::page", Level::Warn), [0, 2, 3]);
        assert_eq!(of("app::db::pool", Level::Info), [0, 3]);
        assert_eq!(of("app::db::pool::a::b::c", Level::Info), [0, 3, 4]);
        // Further than that is not looked: the rule itself is asked.
        assert_eq!(of("app::db::pool::a::d", Level::Info), [0, 3, 4]);
        assert_eq!(of("application", Level::Info), [3]);
    }

    const NAMES: &str = r#"
        [[rules]]
        match = { span = "re{quest,ply}" }
        histogram = { metric = "a_seconds", of = "@duration" }
        [[rules]]
        match = { span = "re*" }
        histogram = { metric = "b_seconds", of = "@duration" }
        [[rules]]
        enabled = false
        match = { span = "request" }
        histogram = { metric = "c_seconds", of = "@duration" }
    "#;

    #[test]
    fn rules_about_a_name_are_found_by_it() {
        let of = |name| candidates(NAMES, &span(name, Level::Info, &[]));
        assert_eq!(of("request"), [0, 1]);
        assert_eq!(of("reply"), [0, 1]);
        assert_eq!(of("other"), [1]);
        let event = event("app", Level::Info, &[]);
        assert!(candidates(NAMES, &event).is_empty());
    }

    #[test]
    fn the_beginning_of_a_target_is_cut_at_whole_segments() {
        assert_eq!(head("a::bc::d", 1), Some("a"));
        assert_eq!(head("a::bc::d", 2), Some("a::bc"));
        assert_eq!(head("a::bc::d", 3), Some("a::bc::d"));
        assert_eq!(head("a::bc::d", 4), None);
        assert_eq!(head("", 1), Some(""));
        // As globs cut it: the first two colons part it.
        assert_eq!(head("a:::b", 2), Some("a:::b"));
        assert_eq!(head("a:::b", 1), Some("a"));
    }
}
