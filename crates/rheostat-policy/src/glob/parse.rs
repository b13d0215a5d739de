//! From text to glob, with what can be wrong in it.

use super::braces::{self, Fault};
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
        let texts = braces::expand(text).map_err(|fault| brace_problem(text, fault))?;
        let alternatives: Result<Box<[_]>, Problem> = texts
            .iter()
            .map(|alternative| segments(alternative, kind, text))
            .collect();
        Ok(Self {
            text: text.to_owned(),
            kind,
            alternatives: alternatives?,
        })
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

/// A path written with the separator of another kind.
fn check_separator(text: &str, kind: GlobKind) -> Result<(), Problem> {
    let wrong = match kind {
        GlobKind::Target => text
            .find('/')
            .map(|at| (at, 1))
            .or_else(|| lone_colon(text).map(|at| (at, 1))),
        GlobKind::File => text
            .find("::")
            .map(|at| (at, 2))
            .or_else(|| text.find('\\').map(|at| (at, 1))),
        GlobKind::Name | GlobKind::Field => None,
    };
    let (Some((at, length)), Some(separator)) = (wrong, kind.separator()) else {
        return Ok(());
    };
    let fixed = match kind {
        GlobKind::File => text.replace("::", "/").replace('\\', "/"),
        _ => text.replace("::", "/").replace([':', '/'], "::"),
    };
    Err(Problem::new(
        &codes::WRONG_SEPARATOR,
        at..at + length,
        format!("segments are separated by `{separator}` here"),
    )
    .label("separates nothing")
    .fix(
        format!("write `{}`", shortened(&fixed)),
        0..text.len(),
        fixed,
    ))
}

fn lone_colon(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().position(|(at, byte)| {
        *byte == b':' && bytes.get(at + 1) != Some(&b':') && (at == 0 || bytes[at - 1] != b':')
    })
}

fn segments(text: &str, kind: GlobKind, whole: &str) -> Result<Box<[Segment]>, Problem> {
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
            "" => return Err(empty_segment(whole, separator)),
            part if part.contains("**") => return Err(stars_in_segment(whole, separator)),
            part => segments.push(Segment::One(Pattern::new(part))),
        }
    }
    Ok(segments.into())
}

fn empty_segment(whole: &str, separator: &str) -> Problem {
    let problem = Problem::new(
        &codes::EMPTY_SEGMENT,
        0..whole.len(),
        format!("a segment of `{}` is empty", shortened(whole)),
    )
    .label(format!("`{separator}` stands between two segments"));
    let doubled = separator.repeat(2);
    let mut fixed = whole.trim_end_matches(separator).to_owned();
    if separator == "::" {
        fixed = fixed.trim_start_matches(separator).to_owned();
    }
    while fixed.contains(&doubled) {
        fixed = fixed.replace(&doubled, separator);
    }
    if fixed.is_empty() || fixed == whole {
        return problem.help("write each segment, or `*` for any one");
    }
    problem.fix(
        format!("write `{}`", shortened(&fixed)),
        0..whole.len(),
        fixed,
    )
}

fn stars_in_segment(whole: &str, separator: &str) -> Problem {
    let at = whole
        .match_indices("**")
        .map(|(at, _)| at)
        .find(|at| {
            let before = &whole[..*at];
            let after = &whole[at + 2..];
            !(before.is_empty() || before.ends_with(separator))
                || !(after.is_empty() || after.starts_with(separator))
        })
        .unwrap_or(0);
    let problem = Problem::new(
        &codes::STARS_IN_SEGMENT,
        at..at + 2,
        "two stars stand for whole segments and stand alone between separators",
    )
    .label("within a segment");
    let (before, after) = (&whole[..at], &whole[at + 2..]);
    let glue = |needed: bool| if needed { separator } else { "" };
    let fixed = format!(
        "{before}{}**{}{after}",
        glue(!before.is_empty() && !before.ends_with([':', '/', '{', ','])),
        glue(!after.is_empty() && !after.starts_with([':', '/', '}', ','])),
    );
    problem
        .fix(
            format!("write `{}`", shortened(&fixed)),
            0..whole.len(),
            fixed,
        )
        .fix(
            "write one star to match within the segment",
            at..at + 2,
            "*",
        )
}

fn brace_problem(text: &str, fault: Fault) -> Problem {
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
