//! What callsites show of a policy that its text alone does not: names that no kept span lends, and rules that
//! match nothing.
//!
//! Asked of all callsites that are known, by the command line of those that a
//! program learned, by the live engine of its own.

use std::sync::Arc;

use rheostat_policy::codes::{Code, live};
use rheostat_policy::diagnostic::{Diagnostic, Edit, Help, Label};
use rheostat_policy::model::{CheckedPolicy, Rule, RuleId};
use rheostat_policy::place::Place;

use super::PolicyImage;
use super::keep::KeptBecause;
use super::reads::place_of;
use crate::callsite::{Callsite, CallsiteKind};
use crate::matcher;

/// More spans than this are not offered.
const OFFERED: usize = 3;

/// A bare name that a rule reads, and that only spans below `scope_level` declare.
#[derive(Clone, Debug)]
pub struct Unlent<'c> {
    /// The rule.
    pub rule: RuleId,
    /// The name.
    pub name: Arc<str>,
    /// The spans that declare it, the least verbose first.
    pub spans: Vec<&'c Callsite>,
}

/// The names that nobody lends to the rules of a policy, although some span declares them.
pub fn unlent<'c>(image: &PolicyImage, callsites: &[&'c Callsite]) -> Vec<Unlent<'c>> {
    let mut found = Vec::new();
    for rule in image.live_rules() {
        let reads = &image.reads[rule.id.0 as usize];
        // With a `within`, spans of any level lend.
        if reads.bare.is_empty() || !reads.within.is_empty() {
            continue;
        }
        for name in &reads.bare {
            let reaches_out = |site: &&Callsite| site.field(name).is_none() && acts(rule, site);
            if !callsites.iter().any(reaches_out) {
                continue;
            }
            let spans = callsites
                .iter()
                .copied()
                .filter(|site| site.kind == CallsiteKind::Span && site.field(name).is_some());
            let mut spans: Vec<&Callsite> = spans.collect();
            let lent = spans.iter().any(|span| lends(image, rule.id, span, name));
            if lent || spans.is_empty() {
                continue;
            }
            spans.sort_by_key(|span| span.level);
            spans.dedup_by_key(|span| (span.target.clone(), span.name.clone()));
            spans.truncate(OFFERED);
            found.push(Unlent {
                rule: rule.id,
                name: name.clone(),
                spans,
            });
        }
    }
    found
}

/// The live rules that none of these callsites falls under. More callsites may show up, so this is no mistake yet.
pub fn unmatched(image: &PolicyImage, callsites: &[&Callsite]) -> Vec<Diagnostic> {
    let idle = |rule: &&Rule| !callsites.iter().any(|site| acts(rule, site));
    let one = |rule: &Rule| {
        let mut found = warning(
            &live::UNMATCHED_SO_FAR,
            rule.place,
            format!(
                "none of the {} callsites known falls under `{}`",
                callsites.len(),
                rule.shown_name()
            ),
        );
        "unmatched so far".clone_into(&mut found.primary.text);
        found.notes.push(
            "a callsite is known once it has run, so this is a slip of the pen or code that has not run yet"
                .to_owned(),
        );
        found
    };
    image.live_rules().filter(idle).map(one).collect()
}

/// The fields that spans of a callsite remember for the rules they are kept for: what keeping one costs besides
/// its slot.
pub fn remembered(image: &PolicyImage, callsite: &Callsite) -> Vec<&'static str> {
    let remembered = image.facts(callsite).remembered.iter();
    remembered
        .map(|index| callsite.fields[usize::from(*index)])
        .collect()
}

impl Unlent<'_> {
    /// What to tell of it: the place, and the `within` to write.
    pub fn diagnostic(&self, policy: &CheckedPolicy) -> Diagnostic {
        let rule = &policy.rules[self.rule.0 as usize];
        let scope_level = policy.defaults.scope_level.as_str();
        let mut found = warning(
            &live::NAME_BELOW_SCOPE_LEVEL,
            place_of(rule, &self.name).unwrap_or(rule.place),
            format!(
                "`{}` is declared only by spans below `scope_level`, so it is missing in `{}`",
                self.name,
                rule.shown_name()
            ),
        );
        found.primary.text = format!("no span at `{scope_level}` or more severe declares it");
        let within = self.within();
        // Elsewhere a rule may be a table in a line, which has no room for a line more.
        let head = policy.source.text.get(rule.place.start as usize..);
        let is_header = head.is_some_and(|text| text.starts_with("[["));
        found.helps.push(Help {
            text: format!("add `within = {within}` to the rule"),
            edit: is_header.then(|| Edit {
                place: Place {
                    start: rule.place.end,
                    end: rule.place.end,
                },
                with: format!("\nwithin = {within}"),
            }),
        });
        for span in &self.spans {
            found.notes.push(format!(
                "the span `{}` declares it ({}, {})",
                span.name,
                span.shown(),
                span.level.as_str()
            ));
        }
        found
    }

    /// The selectors of its spans, as a policy spells them.
    fn within(&self) -> String {
        let one = |span: &&Callsite| {
            let name = if is_plain(&span.name) {
                &*span.name
            } else {
                "*"
            };
            match is_plain(&span.target) {
                true => format!("{{ target = \"{}\", span = \"{name}\" }}", span.target),
                false => format!("{{ span = \"{name}\" }}"),
            }
        };
        let selectors: Vec<String> = self.spans.iter().map(one).collect();
        match selectors.as_slice() {
            [only] => only.clone(),
            several => format!("[{}]", several.join(", ")),
        }
    }
}

/// Whether a text stands for itself in a glob and in a string of TOML.
fn is_plain(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || "*?{}[]\\\"$".contains(c))
}

/// Whether a rule's static part holds for a callsite and something of it acts there.
fn acts(rule: &Rule, callsite: &Callsite) -> bool {
    let acts =
        |action: &rheostat_policy::model::Action| matcher::acts(rule, action.selects, callsite);
    callsite.kind != CallsiteKind::Hint
        && matcher::is_matched(rule, callsite)
        && !matcher::is_excepted(rule, callsite)
        && (rule.drop.is_some() || rule.actions.iter().any(acts))
}

fn lends(image: &PolicyImage, rule: RuleId, span: &Callsite, name: &Arc<str>) -> bool {
    let lends = KeptBecause::Lends(name.clone());
    image.kept_for(rule, span).contains(&lends)
}

fn warning(code: &Code, place: Place, message: String) -> Diagnostic {
    Diagnostic {
        code: code.code,
        name: code.name,
        severity: code.severity,
        message,
        primary: Label {
            place,
            text: String::new(),
        },
        others: Vec::new(),
        helps: Vec::new(),
        notes: Vec::new(),
    }
}
