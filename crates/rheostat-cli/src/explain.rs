//! `rheostat explain`: what a policy makes of a callsite.

use rheostat_core::clock::Clock;
use rheostat_core::plan::{
    Applies, ExplainedRule, Fate, Ground, KeptBecause, PolicyImage, SpanRead, WhyNot, explain,
};
use rheostat_core::{Callsite, CallsiteKind};
use rheostat_policy::Source;
use rheostat_policy::model::Drop;
use serde_json::{Value, json};

use crate::Verdict;
use crate::arguments::{Explain, Format};
use crate::{callsites, input};

/// Explains every callsite that was asked for.
///
/// # Errors
///
/// The policy or the inventory cannot be read, or a callsite is not one.
pub(crate) fn run(arguments: &Explain) -> Result<Verdict, String> {
    let asked = asked(arguments)?;
    let checked = input::checked(&arguments.policy)?;
    let Some(policy) = checked.policy else {
        println!("{}", checked.diagnostics);
        return Ok(Verdict::Errors);
    };
    let source = policy.source.clone();
    let ground = Ground::new(Clock::system());
    let image = PolicyImage::new(policy.into(), None, &ground, 1);
    let mut all = Vec::new();
    for callsite in &asked {
        let rules = explain(&image, callsite).rules;
        let kept = kept(&image, callsite);
        match arguments.format {
            Format::Text => print!("{}", text(callsite, &rules, &kept, &source)),
            Format::Json => all.push(object(callsite, &rules, &kept, &source)),
        }
    }
    if arguments.format == Format::Json {
        println!("{}", Value::Array(all));
    }
    Ok(Verdict::Fine)
}

/// The rules for which a callsite's spans are kept, each with its reasons.
fn kept(image: &PolicyImage, callsite: &Callsite) -> Vec<String> {
    let one = |rule: &rheostat_policy::model::Rule| {
        let reasons: Vec<String> = image
            .kept_for(rule.id, callsite)
            .iter()
            .map(because)
            .collect();
        (!reasons.is_empty()).then(|| format!("{} ({})", rule.shown_name(), reasons.join(", ")))
    };
    image.live_rules().filter_map(one).collect()
}

fn because(reason: &KeptBecause) -> String {
    match reason {
        KeptBecause::Matched => "it matches".to_owned(),
        KeptBecause::Within => "`within`".to_owned(),
        KeptBecause::Named => "`span(..)` names it".to_owned(),
        KeptBecause::Lends(name) => format!("it lends `{name}`"),
        KeptBecause::SpanFields => "`span_fields`".to_owned(),
    }
}

fn asked(arguments: &Explain) -> Result<Vec<Callsite>, String> {
    let Some(inventory) = &arguments.inventory else {
        return arguments
            .callsite
            .iter()
            .map(|text| callsites::written(text))
            .collect();
    };
    let text = String::from_utf8(input::bytes(inventory)?)
        .map_err(|_| format!("{} is not UTF-8", inventory.display()))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            callsites::learned(line)
                .map_err(|wrong| format!("{}:{}: {wrong}", inventory.display(), number + 1))
        })
        .collect()
}

fn text(callsite: &Callsite, rules: &[ExplainedRule], kept: &[String], source: &Source) -> String {
    // An event without a name of its own is called `event FILE:LINE`, which says its kind and place already.
    let what = if callsite.name.starts_with("event ") {
        ""
    } else {
        kind(callsite)
    };
    let head = format!("{what} {}", callsite.name);
    let level = callsite.level.as_str();
    let mut lines = vec![format!(
        "{} ({}, {level})",
        head.trim_start(),
        callsite.shown()
    )];
    for rule in rules {
        let (line, _) = source.line_column(rule.place.start as usize);
        let head = format!("  {} (line {line})", rule.name);
        match &rule.fate {
            Fate::Not(why) => lines.push(format!("{head}: no, {}", reason(why, rules, source))),
            Fate::Applies(applies) => {
                lines.push(format!("{head}: yes"));
                lines.extend(
                    details(applies, rules)
                        .into_iter()
                        .map(|line| format!("    {line}")),
                );
            }
        }
    }
    if callsite.kind == CallsiteKind::Span {
        lines.push(match kept {
            [] => "  its spans are kept for no rule".to_owned(),
            kept => format!("  its spans are kept for: {}", kept.join("; ")),
        });
    }
    lines.join("\n") + "\n"
}

fn kind(callsite: &Callsite) -> &'static str {
    match callsite.kind {
        CallsiteKind::Event => "event",
        CallsiteKind::Span => "span",
        CallsiteKind::Hint => "hint",
    }
}

fn details(applies: &Applies, rules: &[ExplainedRule]) -> Vec<String> {
    let mut lines = Vec::new();
    if !applies.decided.is_empty() {
        lines.push(format!(
            "decided for the callsite: {}",
            applies.decided.join(" and ")
        ));
    }
    match &applies.left {
        Some(left) => lines.push(format!("asked of each record: {left}")),
        None => lines.push("asked of each record: nothing".to_owned()),
    }
    if applies.within > 0 {
        lines.push("each record must be inside a `within` span".to_owned());
    }
    for action in &applies.actions {
        let mut line = format!("does: {}", action.name);
        if let Some(left) = &action.left {
            line += &format!(" where {left}");
        }
        if !action.after.is_empty() {
            let names: Vec<&str> = action
                .after
                .iter()
                .filter_map(|id| rules.iter().find(|rule| rule.rule == *id))
                .map(|rule| rule.name.as_str())
                .collect();
            line += &format!(", unless {} holds", names.join(" or "));
        }
        lines.push(line);
    }
    match &applies.drop {
        Some(Drop::All) => lines.push("drops: later rules do not see the record".to_owned()),
        Some(Drop::Actions(actions)) => lines.push(format!(
            "drops: later rules do not see the record, as far as {} goes",
            actions.join(", ")
        )),
        None => {}
    }
    if applies.shadow {
        lines.push("only counts what it would do (shadow)".to_owned());
    }
    lines.extend(
        applies
            .spans
            .iter()
            .map(|read| format!("keeps {}", spans(read))),
    );
    lines
}

fn spans(read: &SpanRead) -> String {
    match read {
        SpanRead::Within => "the spans of its `within`".to_owned(),
        SpanRead::Name {
            name,
            any_level: true,
        } => {
            format!("spans of any level that declare `{name}`")
        }
        SpanRead::Name {
            name,
            any_level: false,
        } => {
            format!("spans at `scope_level` or more severe that declare `{name}`")
        }
        SpanRead::Named { span, name } => format!("spans named `{span}`, for `{name}`"),
        SpanRead::SpanFields(name) => format!("spans that declare `{name}`, for `span_fields`"),
    }
}

fn reason(why: &WhyNot, rules: &[ExplainedRule], source: &Source) -> String {
    let line = |place: rheostat_policy::Place| source.line_column(place.start as usize).0;
    match why {
        WhyNot::Disabled => "it is disabled".to_owned(),
        WhyNot::Ended => "its time is over".to_owned(),
        WhyNot::NoAction => "none of its actions acts on this kind of callsite".to_owned(),
        WhyNot::NeverHolds { part } => format!("`{part}` can never hold here"),
        WhyNot::Excepted { place } => format!("`except` at line {} accepts it", line(*place)),
        WhyNot::Dropped { by } => {
            let name = rules
                .iter()
                .find(|rule| rule.rule == *by)
                .map(|rule| rule.name.as_str());
            format!(
                "{} drops every record before",
                name.unwrap_or("an earlier rule")
            )
        }
        WhyNot::Unmatched { refused } => {
            let one = |(place, keys): &(_, Vec<&'static str>)| {
                format!("line {}: {}", line(*place), keys.join(", "))
            };
            let refused: Vec<String> = refused.iter().map(one).collect();
            format!("`match` does not hold ({})", refused.join("; "))
        }
    }
}

fn object(callsite: &Callsite, rules: &[ExplainedRule], kept: &[String], source: &Source) -> Value {
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let (line, _) = source.line_column(rule.place.start as usize);
            match &rule.fate {
                Fate::Not(why) => json!({
                    "rule": rule.name, "line": line, "applies": false, "reason": reason(why, rules, source),
                }),
                Fate::Applies(applies) => json!({
                    "rule": rule.name,
                    "line": line,
                    "applies": true,
                    "decided": applies.decided,
                    "left": applies.left,
                    "actions": applies.actions.iter().map(|action| action.name).collect::<Vec<_>>(),
                    "drops": match &applies.drop {
                        Some(Drop::All) => json!(true),
                        Some(Drop::Actions(actions)) => json!(actions),
                        None => json!(false),
                    },
                    "shadow": applies.shadow,
                    "keeps": applies.spans.iter().map(spans).collect::<Vec<_>>(),
                }),
            }
        })
        .collect();
    json!({
        "kind": kind(callsite),
        "name": callsite.name,
        "callsite": callsite.shown(),
        "rules": rules,
        "kept_for": kept,
    })
}
