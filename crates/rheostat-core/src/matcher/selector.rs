//! One selector against one callsite.

use rheostat_policy::glob::Glob;
use rheostat_policy::model::{Kinds, Level, Selector};

use crate::callsite::{Callsite, CallsiteKind};

/// A key's name, and whether a callsite passes it.
type Test = (&'static str, fn(&Selector, &Callsite) -> bool);

/// Each key, cheapest first.
const TESTS: [Test; 7] = [
    ("level", |selector, site| selector.level.accepts(site.level)),
    ("kind", |selector, site| kind_accepts(&selector.kinds, site)),
    ("target", |selector, site| {
        any(&selector.target, Some(&site.target))
    }),
    ("module", |selector, site| {
        any(&selector.module, site.module.as_deref())
    }),
    ("file", |selector, site| {
        any(&selector.file, site.file.as_deref())
    }),
    ("line", |selector, site| line_accepts(selector, site.line)),
    ("fields", fields_accept),
];

/// Whether a callsite passes every key; a selector that says no kind accepts spans and events.
pub(crate) fn accepts(selector: &Selector, callsite: &Callsite) -> bool {
    TESTS.iter().all(|(_, test)| test(selector, callsite))
}

/// The keys of a selector that refuse a callsite.
pub(crate) fn refusing_keys(selector: &Selector, callsite: &Callsite) -> Vec<&'static str> {
    let refusing = TESTS.iter().filter(|(_, test)| !test(selector, callsite));
    let named = refusing.map(|(key, _)| match (*key, &selector.kinds) {
        ("kind", Kinds::Spans(_)) => "span",
        ("kind", Kinds::Events(_)) => "event",
        (key, _) => key,
    });
    named.collect()
}

/// The least severe level that a selector accepts; `None` for one that accepts none.
pub(crate) fn verbosity(selector: &Selector) -> Option<Level> {
    Level::ALL
        .into_iter()
        .rev()
        .find(|level| selector.level.accepts(*level))
}

fn kind_accepts(kinds: &Kinds, callsite: &Callsite) -> bool {
    match kinds {
        Kinds::Unsaid => callsite.kind != CallsiteKind::Hint,
        Kinds::Spans(names) => {
            callsite.kind == CallsiteKind::Span && any(names, Some(&callsite.name))
        }
        Kinds::Events(names) => {
            callsite.kind == CallsiteKind::Event && any(names, Some(&callsite.name))
        }
    }
}

/// Whether one of the globs accepts; no globs accept anything, absent text included.
fn any(globs: &[Glob], text: Option<&str>) -> bool {
    globs.is_empty() || text.is_some_and(|text| globs.iter().any(|glob| glob.matches(text)))
}

fn line_accepts(selector: &Selector, line: Option<u32>) -> bool {
    selector.line.is_empty()
        || line.is_some_and(|line| {
            let holds =
                |test: &rheostat_policy::model::LineTest| (test.first..=test.last).contains(&line);
            selector.line.iter().any(holds)
        })
}

fn fields_accept(selector: &Selector, callsite: &Callsite) -> bool {
    let declared = |glob: &Glob| callsite.fields.iter().any(|field| glob.matches(field));
    selector.fields.iter().all(declared) && !selector.not_fields.iter().any(declared)
}
