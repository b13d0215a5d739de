//! From text to glob, with what can be wrong in it.

use super::braces;
use super::pattern::{Glob, GlobKind, MAX_ALTERNATIVES, MAX_BYTES, Pattern, Segment};
use crate::expr::codes;
use crate::literal::shortened;
use crate::problem::Problem;

impl Glob {
    /// Reads a glob.
    ///
    /// # Errors
    ///
    /// What is wrong with it; the place counts bytes from its start.
    pub fn parse(text: &str, kind: GlobKind) -> Result<Self, Problem> {
        let whole = 0..text.len();
        if text.is_empty() {
            return Err(Problem::new(&codes::EMPTY_GLOB, whole, "the glob is empty")
                .label("matches nothing")
                .help("to accept everything, leave the key out or write `**`"));
        }
        if text.len() > MAX_BYTES {
            let message = format!("the glob is longer than {MAX_BYTES} bytes");
            return Err(Problem::new(&codes::GLOB_TOO_LONG, whole, message)
                .label(format!("{} bytes", text.len()))
                .help("write several globs in a list"));
        }
        check_stars(text, kind)?;
        check_separator(text, kind)?;
        let alternatives = alternatives(text, kind).map_err(|fault| explain(text, kind, fault))?;
        Ok(Self {
            text: text.to_owned(),
            kind,
            alternatives,
        })
    }
}

/// What keeps a text from being a glob, once its characters are right.
enum Fault {
    Brace(braces::Fault),
    EmptySegment,
    StarsInSegment,
}

fn alternatives(text: &str, kind: GlobKind) -> Result<Box<[Box<[Segment]>]>, Fault> {
    let texts = braces::expand(text).map_err(Fault::Brace)?;
    texts.iter().map(|text| segments(text, kind)).collect()
}

/// Whether a text that is about to be offered is a glob at all.
fn reads(text: &str, kind: GlobKind) -> bool {
    text.len() <= MAX_BYTES
        && check_stars(text, kind).is_ok()
        && wrong_separator(text, kind).is_none()
        && alternatives(text, kind).is_ok()
}

fn explain(text: &str, kind: GlobKind, fault: Fault) -> Problem {
    let separator = kind.separator().unwrap_or("");
    match fault {
        Fault::Brace(fault) => brace_problem(text, fault),
        Fault::EmptySegment => empty_segment(text, kind, separator),
        Fault::StarsInSegment => stars_in_segment(text, kind, separator),
    }
}

fn check_stars(text: &str, kind: GlobKind) -> Result<(), Problem> {
    let Some(start) = text.find("***") else {
        return Ok(());
    };
    let stars = text[start..].chars().take_while(|c| *c == '*').count();
    let write = if kind.separator().is_some() {
        "**"
    } else {
        "*"
    };
    Err(Problem::new(
        &codes::BAD_STARS,
        start..start + stars,
        "more than two stars in a row mean nothing",
    )
    .label("one star or two")
    .fix(format!("write `{write}`"), start..start + stars, write))
}

/// Where a path is written with the separator of another kind, and how long that is.
fn wrong_separator(text: &str, kind: GlobKind) -> Option<(usize, usize)> {
    match kind {
        GlobKind::Target => text
            .find('/')
            .or_else(|| lone_colon(text))
            .map(|at| (at, 1)),
        GlobKind::File => text
            .find("::")
            .map(|at| (at, 2))
            .or_else(|| text.find('\\').map(|at| (at, 1))),
        GlobKind::Name | GlobKind::Field => None,
    }
}

fn check_separator(text: &str, kind: GlobKind) -> Result<(), Problem> {
    let (Some((at, length)), Some(separator)) = (wrong_separator(text, kind), kind.separator())
    else {
        return Ok(());
    };
    let fixed = match kind {
        GlobKind::File => text.replace("::", "/").replace('\\', "/"),
        _ => text.replace("::", "/").replace([':', '/'], "::"),
    };
    let problem = Problem::new(
        &codes::WRONG_SEPARATOR,
        at..at + length,
        format!("segments are separated by `{separator}` here"),
    )
    .label("separates nothing");
    Err(offered(problem, text, kind, fixed)
        .help(format!("write `{separator}` between two segments")))
}

/// Offers a whole glob, if it is one and another one.
fn offered(problem: Problem, text: &str, kind: GlobKind, fixed: String) -> Problem {
    if fixed == text || !reads(&fixed, kind) {
        return problem;
    }
    let shown = format!("write `{}`", shortened(&fixed));
    problem.fix(shown, 0..text.len(), fixed)
}

fn lone_colon(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().position(|(at, byte)| {
        *byte == b':' && bytes.get(at + 1) != Some(&b':') && (at == 0 || bytes[at - 1] != b':')
    })
}

fn segments(text: &str, kind: GlobKind) -> Result<Box<[Segment]>, Fault> {
    let Some(separator) = kind.separator() else {
        // Without segments, two stars are any run just as one.
        let pattern = Pattern::new(&text.replace("**", "*"));
        return Ok(Box::new([Segment::One(pattern)]));
    };
    let mut segments = Vec::new();
    for (at, part) in text.split(separator).enumerate() {
        match part {
            "**" => {
                // Two in a row accept what one accepts.
                if segments.last() != Some(&Segment::Any) {
                    segments.push(Segment::Any);
                }
            }
            "" if kind == GlobKind::File && at == 0 && text.len() > 1 => {
                segments.push(Segment::One(Pattern::new("")));
            }
            "" => return Err(Fault::EmptySegment),
            part if part.contains("**") => return Err(Fault::StarsInSegment),
            part => segments.push(Segment::One(Pattern::new(part))),
        }
    }
    Ok(segments.into())
}

fn empty_segment(text: &str, kind: GlobKind, separator: &str) -> Problem {
    let problem = Problem::new(
        &codes::EMPTY_SEGMENT,
        0..text.len(),
        format!("a segment of `{}` is empty", shortened(text)),
    )
    .label(format!("`{separator}` stands between two segments"));
    let doubled = separator.repeat(2);
    let mut fixed = text.trim_end_matches(separator).to_owned();
    if kind == GlobKind::Target {
        fixed = fixed.trim_start_matches(separator).to_owned();
    }
    while fixed.contains(&doubled) {
        fixed = fixed.replace(&doubled, separator);
    }
    if fixed.is_empty() {
        fixed = "**".to_owned();
    }
    offered(problem, text, kind, fixed).help("write each segment, or `*` for any one")
}

fn stars_in_segment(text: &str, kind: GlobKind, separator: &str) -> Problem {
    let alone = |at: usize| {
        let (before, after) = (&text[..at], &text[at + 2..]);
        (before.is_empty() || before.ends_with(separator))
            && (after.is_empty() || after.starts_with(separator))
    };
    let at = text
        .match_indices("**")
        .map(|(at, _)| at)
        .find(|at| !alone(*at));
    let message = "two stars stand for whole segments and stand alone between separators";
    let Some(at) = at else {
        // They only meet once alternatives are spelt out: `{*,a}*`.
        return Problem::new(&codes::STARS_IN_SEGMENT, 0..text.len(), message)
            .label("alternatives put two stars into one segment")
            .help("write one star to match within the segment");
    };
    let problem =
        Problem::new(&codes::STARS_IN_SEGMENT, at..at + 2, message).label("within a segment");
    let (before, after) = (&text[..at], &text[at + 2..]);
    let glue_before = match before.chars().next_back() {
        None | Some(':' | '/' | '{' | ',') => "",
        Some(_) => separator,
    };
    // `src/**.rs` means any file of that ending below, so its own segment gets a star.
    let glue_after = match after.chars().next() {
        None | Some(':' | '/' | '}' | ',') => String::new(),
        Some('.') => format!("{separator}*"),
        Some(_) => separator.to_owned(),
    };
    let fixed = format!("{before}{glue_before}**{glue_after}{after}");
    let problem = offered(problem, text, kind, fixed);
    offered(problem, text, kind, format!("{before}*{after}"))
        .help("write one star to match within the segment")
}

fn brace_problem(text: &str, fault: braces::Fault) -> Problem {
    use braces::Fault;

    match fault {
        Fault::NotClosed(at) => Problem::new(
            &codes::UNBALANCED_BRACE,
            at..at + 1,
            "this brace is not closed",
        )
        .label("opened here")
        .fix("close it", text.len()..text.len(), "}"),
        Fault::NotOpened(at) => Problem::new(
            &codes::UNBALANCED_BRACE,
            at..at + 1,
            "nothing is open that this brace could close",
        )
        .label("closes nothing")
        .fix("remove it", at..at + 1, ""),
        Fault::TooMany => Problem::new(
            &codes::TOO_MANY_ALTERNATIVES,
            0..text.len(),
            format!("the glob has more than {MAX_ALTERNATIVES} alternatives"),
        )
        .label("alternatives multiply")
        .help("write several globs in a list, or one star"),
    }
}
