//! What a rule reads of the spans around a callsite's records, for `explain`.

use rheostat_policy::expr::Ref;
use rheostat_policy::model::Rule;

use super::explain::SpanRead;
use super::reads::{bare_names, refs_of_rule};
use crate::callsite::Callsite;

pub(super) fn span_reads(rule: &Rule, callsite: &Callsite) -> Vec<SpanRead> {
    let any_level = !rule.within.is_empty();
    let mut reads = Vec::new();
    if any_level {
        reads.push(SpanRead::Within);
    }
    let refs = refs_of_rule(rule);
    for name in bare_names(&refs) {
        // A declared name reaches out only through `within`, and only where it has no value.
        if callsite.field(&name).is_none() || any_level {
            reads.push(SpanRead::Name {
                name: name.to_string(),
                any_level,
            });
        }
    }
    for name in refs {
        if let Ref::OfSpan { span, name } = name {
            let read = SpanRead::Named {
                span: span.to_string(),
                name: name.to_string(),
            };
            if !reads.contains(&read) {
                reads.push(read);
            }
        }
    }
    let globs = rule
        .actions
        .iter()
        .filter_map(|action| action.args.globs("span_fields"))
        .flatten()
        .filter(|glob| glob.as_str() != "**");
    for glob in globs {
        let read = SpanRead::SpanFields(glob.as_str().to_owned());
        if !reads.contains(&read) {
            reads.push(read);
        }
    }
    reads
}
