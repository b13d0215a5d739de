//! `rheostat verify`: whether a trail of durable records is whole.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::arguments::{Format, Verify};
use crate::{Verdict, print};

mod chain;
mod finding;
mod line;
#[cfg(test)]
mod tests;
mod torn;
mod trail;
mod window;

use finding::{Place, What};
use line::hex;
use trail::Trail;

/// A line is not longer than this: a record is smaller by far.
const LONGEST_LINE: u64 = 64 << 20;

/// Prints what is wrong with a trail, and how it ends.
///
/// # Errors
///
/// A file cannot be read, or an anchor is no hash.
pub(crate) fn run(arguments: &Verify) -> Result<Verdict, String> {
    let mut trail = Trail::new(hashes(&arguments.after)?, hashes(&arguments.head)?);
    let mut end = place("", 0);
    for path in in_order(&arguments.files) {
        end = if path.as_os_str() == "-" {
            read(stdin().lock(), "standard input", &mut trail)
        } else {
            let file = File::open(&path).map_err(|error| cannot_read(&path, &error))?;
            read(
                BufReader::with_capacity(1 << 20, file),
                &path.display().to_string(),
                &mut trail,
            )
        }
        .map_err(|error| cannot_read(&path, &error))?;
    }
    trail.end(&end);
    match arguments.format {
        Format::Json => print::line(as_json(&trail))?,
        Format::Text => print::line(as_text(&trail))?,
    }
    Ok(if is_fine(&trail) {
        Verdict::Fine
    } else {
        Verdict::Errors
    })
}

fn cannot_read(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

fn hashes(said: &[String]) -> Result<Vec<line::Hash>, String> {
    let hash = |text: &String| {
        line::unhex(text.as_bytes())
            .ok_or_else(|| format!("`{text}` is no hash: it has 64 hex digits"))
    };
    said.iter().map(hash).collect()
}

fn place(file: &str, line: u64) -> Place {
    Place {
        file: Arc::from(file),
        line,
    }
}

/// A file goes behind those that were rotated away from it: a shell names it first.
fn in_order(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut rest = files.to_vec();
    let mut ordered = Vec::new();
    while !rest.is_empty() {
        let is_last = |at: usize| {
            !rest[at + 1..]
                .iter()
                .any(|other| is_rotated(other, &rest[at]))
        };
        let next = (0..rest.len()).find(|at| is_last(*at)).unwrap_or(0);
        ordered.push(rest.remove(next));
    }
    ordered
}

/// `audit.jsonl.20261122T051200.123456789Z` was `audit.jsonl`.
fn is_rotated(path: &Path, from: &Path) -> bool {
    let (path, from) = (
        path.as_os_str().as_encoded_bytes(),
        from.as_os_str().as_encoded_bytes(),
    );
    let stamp = path
        .strip_prefix(from)
        .and_then(|rest| rest.strip_prefix(b"."));
    stamp.is_some_and(|stamp| stamp.len() == 26 && stamp[8] == b'T' && stamp.ends_with(b"Z"))
}

/// Reads one file, and says where it ends.
fn read(mut from: impl BufRead, name: &str, trail: &mut Trail) -> std::io::Result<Place> {
    let mut at = place(name, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut from)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(at);
        }
        at.line += 1;
        let whole = line.last() == Some(&b'\n');
        if whole {
            line.pop();
        } else if line.len() as u64 == LONGEST_LINE {
            trail.find(&at, None, What::Foreign);
            skip_line(&mut from)?;
            continue;
        }
        if !line.is_empty() {
            trail.line(&line, &at);
        }
    }
}

fn skip_line(from: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let bytes = from.fill_buf()?;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (used, done) = end.map_or((bytes.len(), bytes.is_empty()), |at| (at + 1, true));
        from.consume(used);
        if done {
            return Ok(());
        }
    }
}

fn is_fine(trail: &Trail) -> bool {
    trail.wrong == 0 && !trail.chains.is_empty()
}

fn records(trail: &Trail) -> u64 {
    trail.chains.values().map(|chain| chain.records).sum()
}

fn as_text(trail: &Trail) -> String {
    let mut lines: Vec<String> = trail.findings.iter().map(ToString::to_string).collect();
    let left_out = trail.wrong - trail.findings.len() as u64;
    if left_out > 0 {
        lines.push(format!("{left_out} more findings are not shown"));
    }
    for (id, chain) in trail.chains.iter().filter(|(_, chain)| !chain.is_continued) {
        let last = chain.window.next().saturating_sub(1);
        lines.push(format!(
            "{}:{}: chain {id:016x} ends with record {last}, {}",
            chain.last.file,
            chain.last.line,
            chain
                .tip()
                .map_or("whose hash nobody knows".to_owned(), |tip| format!(
                    "hash {}",
                    hex(&tip)
                )),
        ));
    }
    lines.push(summary(trail));
    lines.join("\n")
}

fn summary(trail: &Trail) -> String {
    let judgement = match trail.wrong {
        0 if trail.chains.is_empty() => {
            return "nothing to verify: no record is in a chain; `durable = true` of `stream` makes one".to_owned();
        }
        0 => "fine".to_owned(),
        1 => "1 thing is wrong".to_owned(),
        wrong => format!("{wrong} things are wrong"),
    };
    let mut text = format!(
        "{judgement}: {} in {}",
        counted(records(trail), "record"),
        counted(trail.chains.len() as u64, "chain")
    );
    for (count, what) in [
        (trail.repeated, "repeated, which is no mistake"),
        (trail.put_aside, "put aside"),
        (trail.cut_short, "cut short and written again"),
        (trail.plain, "in no chain"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

fn as_json(trail: &Trail) -> Value {
    let chain = |(id, chain): (&u64, &chain::Chain)| {
        json!({
            "chain": format!("{id:016x}"),
            "records": chain.records,
            "last": chain.window.next().saturating_sub(1),
            "head": chain.tip().map(|tip| hex(&tip)),
            "continued": chain.is_continued,
        })
    };
    json!({
        "fine": is_fine(trail),
        "records": records(trail),
        "repeated": trail.repeated,
        "put_aside": trail.put_aside,
        "cut_short": trail.cut_short,
        "in_no_chain": trail.plain,
        "chains": trail.chains.iter().map(chain).collect::<Vec<_>>(),
        "wrong": trail.wrong,
        "findings": trail.findings.iter().map(finding::Finding::json).collect::<Vec<_>>(),
    })
}
