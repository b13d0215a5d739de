//! From text to tree, with the parser's complaints as diagnostics.

use toml::de::{DeTable, DeValue, Error};

use crate::codes;
use crate::diagnostic::{Diagnostic, Report};
use crate::place::Place;

use super::{Node, Table};

/// A text in which every line is wrong gets this many findings, not millions.
const MOST_FINDINGS: usize = 50;

/// A tree, and what could not be read.
pub(crate) struct Parsed {
    pub(crate) table: Table,
    pub(crate) findings: Vec<Diagnostic>,
}

/// Reads a whole policy text.
pub(crate) fn parse(text: &str) -> Parsed {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let mut findings: Vec<Diagnostic> = errors
        .iter()
        .take(MOST_FINDINGS)
        .map(|error| finding(text, error))
        .collect();
    if errors.len() > MOST_FINDINGS
        && let Some(last) = findings.last_mut()
    {
        last.notes.push(format!(
            "{} more mistakes of this kind are not shown",
            errors.len() - MOST_FINDINGS
        ));
    }
    Parsed {
        table: Table::from_toml(tree.get_ref()),
        findings,
    }
}

/// Reads one value, as a definition spells its default; `None` if it is none.
pub(crate) fn parse_value(text: &str) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    Some(Node::from_toml(&value))
}

fn finding(text: &str, error: &Error) -> Diagnostic {
    let place = match error.span() {
        Some(span) => at_least_one_character(text, span.start, span.end),
        None => Place::default(),
    };
    let message = error.message();
    if message.contains("recurs") {
        return Report::new(
            &codes::file::TOO_DEEP,
            place,
            "values are nested too deeply",
        )
        .under("deeper than any policy needs")
        .help("write it with fewer levels")
        .done();
    }
    if message.starts_with("duplicate key") {
        let key = &text[place.range()];
        return Report::new(
            &codes::file::DUPLICATE_KEY,
            place,
            format!("`{}` is written twice in one table", key.trim()),
        )
        .under("written again here")
        .help("keep one of the two; several rules or actions are `[[arrays]]`")
        .done();
    }
    let report = Report::new(&codes::file::TOML_SYNTAX, place, message);
    if ["date", "time", "offset"]
        .iter()
        .any(|what| message.starts_with(&format!("invalid {what}")))
    {
        return report
            .under("no such date and time")
            .help("write one such as `2026-03-01T18:00:00Z`: year-month-day, `T`, the time, the offset")
            .done();
    }
    let written = text[place.range()].trim();
    if message.contains("must be quoted") && !written.is_empty() && !written.contains(['"', '\\']) {
        return report
            .under("a string without quotes")
            .fix(
                format!("write `\"{written}\"`"),
                place,
                format!("\"{written}\""),
            )
            .done();
    }
    report
        .under("not TOML from here on")
        .help(way_out(message))
        .done()
}

/// What is most often the matter.
fn way_out(message: &str) -> &'static str {
    if message.contains("inline table") {
        "close the braces with `}` before the line after them"
    } else if message.contains("array table") {
        "a header such as `[[rules]]` has two brackets at both ends"
    } else if message.contains("unclosed table") {
        "a header such as `[http]` has a bracket at both ends"
    } else if message.contains("array") {
        "separate the elements with commas, and close the list with `]`"
    } else if message.contains("key-value") {
        "separate the entries with commas, or close the braces with `}`"
    } else if message.contains("quot") || message.contains("string") {
        "close the string with the quote that opened it"
    } else if message.contains('=') {
        "a line reads `key = value`"
    } else {
        "look at what stands before it: a quote, a bracket or a brace may still be open"
    }
}

/// A place that can be underlined and sliced, whatever the parser gave.
fn at_least_one_character(text: &str, start: usize, end: usize) -> Place {
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = end.clamp(start, text.len());
    if end == start {
        end = text[start..]
            .chars()
            .next()
            .filter(|next| *next != '\n')
            .map_or(start, |next| start + next.len_utf8());
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Place::new(start, end)
}
