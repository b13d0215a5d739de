//! One selector against one callsite.

use rheostat_policy::glob::Glob;
use rheostat_policy::model::{Kinds, Level, Selector};

use crate::callsite::{Callsite, CallsiteKind};

/// Whether a callsite passes every key but the kind of an unsaid one.
pub(crate) fn accepts(selector: &Selector, callsite: &Callsite) -> bool {
    selector.level.accepts(callsite.level)
        && kind_accepts(&selector.kinds, callsite)
        && any(&selector.target, Some(&callsite.target))
        && any(&selector.module, callsite.module.as_deref())
        && any(&selector.file, callsite.file.as_deref())
        && line_accepts(selector, callsite.line)
        && fields_accept(selector, callsite)
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
