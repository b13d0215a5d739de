//! Diagnostics as JSON, for tools: one object a finding.

use std::fmt::Write as _;

use super::{Diagnostic, Diagnostics, Help, Label, Severity};
use crate::place::{Place, Source};

impl Diagnostics {
    /// A JSON array, one object a finding.
    ///
    /// An object holds `code`, `name`, `severity`, `message`, `file`, `primary` and `others` (`line`,
    /// `column`, `start`, `end`, `text`), `helps` (`text` and perhaps `edit`) and `notes`. Lines and columns count
    /// from 1, the latter in characters; `start` and `end` are bytes.
    pub fn to_json(&self) -> String {
        let items: Vec<String> = self
            .items
            .iter()
            .map(|item| object(item, &self.source))
            .collect();
        array(&items)
    }
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

fn object(item: &Diagnostic, source: &Source) -> String {
    let others: Vec<String> = item
        .others
        .iter()
        .map(|other| label(other, source))
        .collect();
    let helps: Vec<String> = item.helps.iter().map(|one| help(one, source)).collect();
    let notes: Vec<String> = item.notes.iter().map(|note| quoted(note)).collect();
    format!(
        "{{\"code\":{},\"name\":{},\"severity\":{},\"message\":{},\"file\":{},\"primary\":{},\
         \"others\":{},\"helps\":{},\"notes\":{}}}",
        quoted(item.code),
        quoted(item.name),
        quoted(item.severity.as_str()),
        quoted(&item.message),
        quoted(&source.name),
        label(&item.primary, source),
        array(&others),
        array(&helps),
        array(&notes),
    )
}

fn label(label: &Label, source: &Source) -> String {
    format!(
        "{{{},\"text\":{}}}",
        place(label.place, source),
        quoted(&label.text)
    )
}

fn help(help: &Help, source: &Source) -> String {
    match &help.edit {
        None => format!("{{\"text\":{}}}", quoted(&help.text)),
        Some(edit) => format!(
            "{{\"text\":{},\"edit\":{{{},\"with\":{}}}}}",
            quoted(&help.text),
            place(edit.place, source),
            quoted(&edit.with),
        ),
    }
}

fn place(place: Place, source: &Source) -> String {
    let (line, column) = source.line_column(place.start as usize);
    format!(
        "\"line\":{line},\"column\":{column},\"start\":{},\"end\":{}",
        place.start, place.end
    )
}

fn array(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_json_escapes_what_json_must() {
        assert_eq!(quoted("a\"\\\n\u{1}é"), "\"a\\\"\\\\\\n\\u0001é\"");
    }
}
