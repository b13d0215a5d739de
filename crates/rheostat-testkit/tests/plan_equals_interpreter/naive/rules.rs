//! Rules: which callsites they match, and which spans they may look at.

use rheostat_policy::expr::{BuiltIn, Expr, ExprKind, Ref};
use rheostat_policy::model::{
    Action, CheckedPolicy, Kinds, Rule, Selector, Template, TemplatePart,
};
use rheostat_policy::vocabulary::Selects;

use super::glob;
use crate::world::Site;

/// Whether a selector holds for a callsite; one that names no kind takes both.
pub(crate) fn selects(selector: &Selector, site: &Site) -> bool {
    let said = |key: &str, written: bool, held: bool| {
        if written {
            crate::coverage::note(format!("key {key}"), held);
        }
        held
    };
    let kind = match &selector.kinds {
        Kinds::Unsaid => true,
        Kinds::Spans(names) => {
            let named = names
                .iter()
                .any(|name| glob::name(name.as_str(), &site.name));
            said("span", true, site.is_span && named)
        }
        Kinds::Events(names) => {
            let named = names
                .iter()
                .any(|name| glob::name(name.as_str(), &site.name));
            said("event", true, !site.is_span && named)
        }
    };
    let text = |globs: &[rheostat_policy::glob::Glob],
                text: Option<&str>,
                test: fn(&str, &str) -> bool| {
        globs.is_empty()
            || text.is_some_and(|text| globs.iter().any(|glob| test(glob.as_str(), text)))
    };
    let declared = |glob: &rheostat_policy::glob::Glob| {
        site.fields
            .iter()
            .any(|field| glob::name(glob.as_str(), field))
    };
    let lines = selector.line.is_empty()
        || site.line.is_some_and(|line| {
            selector
                .line
                .iter()
                .any(|test| (test.first..=test.last).contains(&line))
        });
    let written = |globs: &[rheostat_policy::glob::Glob]| !globs.is_empty();
    let target = text(&selector.target, Some(&site.target), glob::target);
    let module = text(&selector.module, site.module.as_deref(), glob::target);
    let file = text(&selector.file, site.file.as_deref(), glob::file);
    let level = selector.level.accepts(site.level);
    let fields = selector.fields.iter().all(declared);
    let not_fields = !selector.not_fields.iter().any(declared);
    [
        kind,
        said("target", written(&selector.target), target),
        said("module", written(&selector.module), module),
        said("file", written(&selector.file), file),
        said("level", selector.level != Default::default(), level),
        said("line", !selector.line.is_empty(), lines),
        said("fields", written(&selector.fields), fields),
        said("!fields", written(&selector.not_fields), not_fields),
    ]
    .into_iter()
    .all(|held| held)
}

/// Whether an action of a rule acts on a callsite: on its own kind, and on spans where it can and a
/// selector that holds says so.
pub(crate) fn acts_on(rule: &Rule, action: &Action, site: &Site) -> bool {
    let named = || {
        let mut all = rule.matches.iter().flatten();
        all.any(|selector| !matches!(selector.kinds, Kinds::Unsaid) && selects(selector, site))
    };
    let able = match action.selects {
        Selects::EventsFirst => !site.is_span || named(),
        Selects::Events => !site.is_span,
        Selects::Spans => site.is_span,
        Selects::Both => true,
    };
    able && matches(rule, site)
}

/// Whether an action is a gauge of the spans that are open now.
pub(crate) fn is_open_gauge(action: &Action) -> bool {
    let of = action.args.expr("of").map(|of| &of.kind);
    matches!(of, Some(ExprKind::Ref(Ref::BuiltIn(BuiltIn::Open))))
}

/// Whether a rule matches a callsite.
pub(crate) fn matches(rule: &Rule, site: &Site) -> bool {
    let excepted = rule.excepts.iter().any(|selector| selects(selector, site));
    if !rule.excepts.is_empty() {
        crate::coverage::note("except", excepted);
    }
    !excepted
        && rule
            .matches
            .iter()
            .all(|any| any.iter().any(|selector| selects(selector, site)))
}

/// Whether a span callsite is one of a `within` list.
pub(crate) fn is_within(within: &[Selector], site: &Site) -> bool {
    site.is_span && within.iter().any(|selector| selects(selector, site))
}

/// Whether a span exists at all: some rule keeps it.
pub(crate) fn is_kept(policy: &CheckedPolicy, site: &Site) -> bool {
    policy
        .rules
        .iter()
        .filter(|rule| rule.enabled)
        .any(|rule| keeps(policy, rule, site))
}

fn keeps(policy: &CheckedPolicy, rule: &Rule, site: &Site) -> bool {
    let declares = |name: &str| site.fields.iter().any(|field| field == name);
    let acts = rule
        .actions
        .iter()
        .any(|action| acts_on(rule, action, site))
        || (rule.drop.is_some() && matches(rule, site));
    acts || rule.within.iter().any(|within| is_within(within, site))
        || refs(rule).iter().any(|name| match name {
            Ref::OfSpan { span, .. } => site.name == **span,
            Ref::Name(name) => {
                declares(name)
                    && (site.level <= policy.defaults.scope_level || !rule.within.is_empty())
            }
            _ => false,
        })
}

/// Every ref that a rule's text holds.
pub(crate) fn refs(rule: &Rule) -> Vec<Ref> {
    let mut found = Vec::new();
    rule.condition
        .iter()
        .for_each(|expr| collect(expr, &mut found));
    for action in &rule.actions {
        action
            .condition
            .iter()
            .for_each(|expr| collect(expr, &mut found));
        action
            .labels
            .iter()
            .for_each(|label| collect(&label.value.of, &mut found));
        for key in ["of", "keep"] {
            action
                .args
                .expr(key)
                .into_iter()
                .for_each(|expr| collect(expr, &mut found));
        }
        let limits = &action.limits;
        let by = [
            limits.sample.as_ref().map(|limit| &limit.by),
            limits.every.as_ref().map(|limit| &limit.by),
            limits.rate.as_ref().map(|limit| &limit.by),
        ];
        by.into_iter()
            .flatten()
            .flatten()
            .for_each(|expr| collect(expr, &mut found));
        if let Some(Template(parts)) = action.args.template("name") {
            found.extend(parts.iter().filter_map(|part| match part {
                TemplatePart::Hole(name) => Some(name.clone()),
                TemplatePart::Text(_) => None,
            }));
        }
    }
    found
}

fn collect(expr: &Expr, found: &mut Vec<Ref>) {
    match &expr.kind {
        ExprKind::Literal(_) => {}
        ExprKind::Ref(name) | ExprKind::Has(name) => found.push(name.clone()),
        ExprKind::Pipe(of, _)
        | ExprKind::Negate(of)
        | ExprKind::Matches(of, _)
        | ExprKind::Not(of) => {
            collect(of, found);
        }
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Text(_, left, right) => {
            collect(left, found);
            collect(right, found);
        }
        ExprKind::In(of, list) => {
            collect(of, found);
            list.iter().for_each(|item| collect(item, found));
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| collect(part, found));
        }
    }
}
