//! The way in: bytes become a checked policy, or diagnostics, or both.

use std::sync::Arc;

use crate::codes::{self, file};
use crate::diagnostic::{Diagnostic, Diagnostics, Report, Severity};
use crate::environment::Environment;
use crate::model::CheckedPolicy;
use crate::place::{Place, Source};
use crate::read::{Reader, read};
use crate::toml;
use crate::vocabulary::Vocabulary;

/// The longest policy, in bytes.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// More findings than this are not shown.
const MOST_FINDINGS: usize = 500;

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The policy; there exactly when no finding is an error.
    pub policy: Option<CheckedPolicy>,
    /// Everything that is to be said about it, in the order of the text.
    pub diagnostics: Diagnostics,
}

/// Checks a policy text against what a program understands.
///
/// `name` is what a person calls the text, usually its path. Nothing is read
/// but through `env`, nothing is logged, and no input makes it panic.
pub fn check(bytes: &[u8], name: &str, vocabulary: &Vocabulary, env: &dyn Environment) -> Checked {
    let (text, source) = match text_of(bytes, name) {
        Ok(read) => read,
        Err(diagnostics) => {
            return Checked {
                policy: None,
                diagnostics,
            };
        }
    };
    let parsed = toml::parse(text);
    let mut reader = Reader::new(text, vocabulary, env);
    let policy = read(&mut reader, &parsed.table, &source);
    let mut items = reader.findings;
    if !parsed.findings.is_empty() {
        let broken: Vec<Place> = parsed
            .findings
            .iter()
            .map(|finding| finding.primary.place)
            .collect();
        items.retain(|finding| stands_alone(finding) && !touches(finding, &broken));
        items.extend(parsed.findings);
    }
    policy.lint.apply(&mut items);
    items.sort_by_key(|finding| (finding.primary.place, finding.code));
    items.dedup();
    shorten(&mut items);
    let wrong = items
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    Checked {
        policy: (!wrong).then_some(policy),
        diagnostics: Diagnostics {
            source: without_secrets(source, &items),
            items,
        },
    }
}

/// The text to show: a secret that was written into it is refused, and not repeated where findings are read.
fn without_secrets(source: Source, items: &[Diagnostic]) -> Source {
    let plain = |item: &&Diagnostic| item.code == file::PLAIN_SECRET.code;
    let places: Vec<Place> = items
        .iter()
        .filter(plain)
        .map(|item| item.primary.place)
        .collect();
    if places.is_empty() {
        return source;
    }
    let mut shown = String::with_capacity(source.text.len());
    for (at, c) in source.text.char_indices() {
        let hidden = |place: &Place| (place.start as usize..place.end as usize).contains(&at);
        if places.iter().any(hidden) && !matches!(c, '"' | '\'' | '\n' | '\r') {
            // As many bytes, so that every place stays where it is.
            shown.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            shown.push(c);
        }
    }
    Source::new(source.name, shown)
}

/// Whether a text can be a policy at all: UTF-8, not empty, not too large, TOML. What it says is not looked at.
///
/// # Errors
///
/// What is in the way.
pub fn parse(bytes: &[u8], name: &str) -> Result<(), Diagnostics> {
    let (text, source) = text_of(bytes, name)?;
    let items = toml::parse(text).findings;
    if items.is_empty() {
        Ok(())
    } else {
        Err(Diagnostics { source, items })
    }
}

fn text_of<'a>(bytes: &'a [u8], name: &str) -> Result<(&'a str, Source), Diagnostics> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > MAX_BYTES {
        return Err(refused(name, too_large(bytes.len())));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| refused_at(bytes, name, error.valid_up_to()))?;
    let source = Source::new(name, text);
    if nothing_but_comments(text) {
        let items = vec![empty()];
        return Err(Diagnostics { source, items });
    }
    Ok((text, source))
}

/// Keeps what a person can read, errors first; the last one says how much is left out.
fn shorten(items: &mut Vec<Diagnostic>) {
    if items.len() <= MOST_FINDINGS {
        return;
    }
    let all = items.len();
    items.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    items.truncate(MOST_FINDINGS);
    items.sort_by_key(|finding| (finding.primary.place, finding.code));
    if let Some(last) = items.last_mut() {
        last.notes.push(format!(
            "{} more findings are not shown",
            all - MOST_FINDINGS
        ));
    }
}

/// Whether a finding holds although parts of the file could not be read.
/// (A name may be declared in what was lost, so nothing is said of names.)
fn stands_alone(finding: &Diagnostic) -> bool {
    let values = finding.code.starts_with("RH01") || finding.code.starts_with("RH2");
    values
        || finding.code == codes::structure::UNKNOWN_KEY.code
        || finding.code == codes::selectors::SPAN_AND_EVENT.code
}

/// Whether it speaks of what could not be read.
fn touches(finding: &Diagnostic, broken: &[Place]) -> bool {
    let place = finding.primary.place;
    broken
        .iter()
        .any(|other| place.start <= other.end && other.start <= place.end)
}

fn nothing_but_comments(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .all(|line| line.is_empty() || line.starts_with('#'))
}

fn empty() -> Diagnostic {
    Report::new(&file::EMPTY, Place::default(), "the policy is empty")
        .under("nothing is written here")
        .fix(
            "a policy that wants nothing says `version = 1`",
            Place::default(),
            "version = 1\n",
        )
        .done()
}

fn too_large(bytes: usize) -> Diagnostic {
    Report::new(
        &file::TOO_LARGE,
        Place::default(),
        format!("the file holds {bytes} bytes; a policy has at most 4 MiB"),
    )
    .under("not read")
    .help("split it, or look whether this is the right file")
    .done()
}

/// A file that is not read at all has no text to show.
fn refused(name: &str, finding: Diagnostic) -> Diagnostics {
    Diagnostics {
        source: Source::new(name, ""),
        items: vec![finding],
    }
}

/// Not UTF-8: the line is shown as far as it can be read.
fn refused_at(bytes: &[u8], name: &str, at: usize) -> Diagnostics {
    let shown = &bytes[..bytes.len().min(at + 80)];
    let text = String::from_utf8_lossy(shown).into_owned();
    let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    let finding = Report::new(
        &file::NOT_UTF8,
        Place::new(at, end),
        format!("byte {} is not UTF-8", at + 1),
    )
    .under(match bytes.get(at) {
        Some(byte) => format!("the byte 0x{byte:02X}"),
        None => "the end of the file".to_owned(),
    })
    .help("save the file as UTF-8")
    .done();
    Diagnostics {
        source: Source {
            name: Arc::from(name),
            text: Arc::from(text),
        },
        items: vec![finding],
    }
}
