//! Diagnostics as a compiler would print them.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity};
use crate::place::{Place, Source};

/// A longer line is not shown.
const LONGEST_LINE: usize = 64 * 1024;

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered(false))
    }
}

impl Diagnostics {
    /// What a compiler would print, with or without colours of a terminal.
    pub fn rendered(&self, colours: bool) -> String {
        let mut out = String::new();
        for item in &self.items {
            out.push_str(&item.rendered(&self.source, colours));
            out.push_str("\n\n");
        }
        out.push_str(&self.summary());
        out
    }

    /// How many of which, in words: `2 errors, 1 note`.
    pub fn summary(&self) -> String {
        let counted = [
            (Severity::Error, "error", "errors"),
            (Severity::Warning, "warning", "warnings"),
            (Severity::Note, "note", "notes"),
        ]
        .into_iter()
        .filter_map(|(severity, one, many)| match self.count(severity) {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        });
        let counted: Vec<String> = counted.collect();
        if counted.is_empty() {
            return "nothing to report".to_owned();
        }
        counted.join(", ")
    }

    /// How many findings are this bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.items
            .iter()
            .filter(|item| item.severity == severity)
            .count()
    }

    /// Whether a finding keeps the policy from being applied.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

impl Diagnostic {
    /// What a compiler would print of this one.
    pub fn rendered(&self, source: &Source, colours: bool) -> String {
        let window = Window::around(source, self.places());
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level
            .primary_title(self.message.as_str())
            .id(format!("{} {}", self.code, self.name));
        let first = if window.is_readable() {
            title.element(self.snippet(source, &window))
        } else {
            title.element(self.origin(source))
        };
        let mut groups = vec![first];
        for help in &self.helps {
            groups.push(Group::with_title(
                Level::HELP.primary_title(help.text.as_str()),
            ));
        }
        for note in &self.notes {
            groups.push(Group::with_title(Level::NOTE.primary_title(note.as_str())));
        }
        let renderer = if colours {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&groups)
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        std::iter::once(self.primary.place).chain(self.others.iter().map(|label| label.place))
    }

    fn snippet<'a>(
        &'a self,
        source: &'a Source,
        window: &Window<'a>,
    ) -> Snippet<'a, Annotation<'a>> {
        let primary = AnnotationKind::Primary
            .span(window.inside(self.primary.place))
            .label(label(&self.primary.text));
        let others = self.others.iter().map(|other| {
            AnnotationKind::Context
                .span(window.inside(other.place))
                .label(label(&other.text))
        });
        Snippet::source(window.text)
            .line_start(window.line)
            .path(&*source.name)
            .annotation(primary)
            .annotations(others)
    }
}

impl Diagnostic {
    /// The place in numbers, where nobody could read the line.
    fn origin<'a>(&self, source: &'a Source) -> Origin<'a> {
        let (line, column) = source.line_column(self.primary.place.start as usize);
        Origin::path(&*source.name).line(line).char_column(column)
    }
}

fn label(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The lines that a finding speaks of: all of the text would take all of the time.
struct Window<'a> {
    text: &'a str,
    start: usize,
    line: usize,
}

impl<'a> Window<'a> {
    fn around(source: &'a Source, places: impl Iterator<Item = Place>) -> Self {
        let text = &*source.text;
        let mut start = text.len();
        let mut end = 0;
        for place in places {
            start = start.min(boundary(text, place.start as usize));
            end = end.max(boundary(text, place.end as usize));
        }
        let end = end.max(start);
        let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        Self {
            text: &text[start..end.max(start)],
            start,
            line: text[..start].bytes().filter(|byte| *byte == b'\n').count() + 1,
        }
    }

    /// Whether its lines are of a length that a person, and the renderer, gets through.
    fn is_readable(&self) -> bool {
        self.text.split('\n').all(|line| line.len() <= LONGEST_LINE)
    }

    fn inside(&self, place: Place) -> Range<usize> {
        let at = |offset: u32| boundary(self.text, (offset as usize).saturating_sub(self.start));
        at(place.start)..at(place.end).max(at(place.start))
    }
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
