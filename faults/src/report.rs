//! The page: what came of each sink under each fault.

use std::fmt::Write as _;
use std::process::Command;

use crate::place::Says;
use crate::run::{Line, Scale, Whole};
use crate::table;

const HEAD: &str = "# Every sink, under every fault that its protocol has

Written by `cargo xtask deep faults` from what it measured; do not edit. A line is one program of its own (two threads
fire) that sends to one sink. It fires before, during and after the fault, and answers while the fault stands: nobody
who fires waits. What arrived is read back from the server and compared number by number.

- **offered**: how many records were fired, or events counted. **delivered**: what the program's ledger says; for
  metrics and under `kill -9`, what the server has. **lost**: what the ledger counts, by cause.
- **not there**: delivered, and not found at the server. Where a *server* answers that must be none. Where the
  *connection* or the *system* took a record, what breaks them can lose it, and nobody can know.
- **again**: came more than once.
- `hung` is SIGSTOP to the server. So much is fired meanwhile (36 MB; 4 MiB may wait) that a full queue drops and counts; the program's memory stays within what the queue, the rings and 16 MiB allow.
- `DNS gone`: the program runs in a mount namespace with an `/etc/hosts` that does not know the server's name, and then does.
- `kill -9`: a program with a spool is killed at a moment that is uniformly random within 2 s, again and again; a last
  one delivers what is left. Every record that was accepted before a kill is there, and those of a thread in order.
";

/// As Markdown.
pub fn page(whole: &Whole, scale: &Scale) -> String {
    let mut page = HEAD.to_owned();
    let minutes = whole.took.as_secs_f64() / 60.0;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let hang = scale.hang.as_secs_f64();
    let _ = write!(
        page,
        "\n{}, {}, {cores} cores; server hangs of {hang} s, {} kills each; {minutes:.0} minutes.\n",
        said_by("date", &["-u", "+%Y-%m-%d"]),
        said_by("rustc", &["--version"]),
        scale.kills
    );
    let failed = whole.lines.iter().filter(|line| !line.holds()).count();
    let not_tried = whole
        .lines
        .iter()
        .filter(|line| line.outcome.is_err())
        .count();
    let _ = writeln!(
        page,
        "{} lines: {} hold, {failed} do not, {not_tried} were not tried.\n",
        whole.lines.len(),
        whole.lines.len() - failed - not_tried
    );
    page.push_str("| sink | delivered means | fault | offered | delivered | lost | not there | again | verdict |\n");
    page.push_str("|---|---|---|--:|--:|---|--:|--:|---|\n");
    for line in &whole.lines {
        row(line, &mut page);
    }
    page.push_str(&not_run(whole, scale));
    page
}

fn row(line: &Line, page: &mut String) {
    let subject = table::ALL.iter().find(|subject| subject.name == line.sink);
    let says = match subject.map(|subject| subject.says) {
        Some(Says::Server) => "the server",
        Some(Says::Connection) => "the connection",
        _ => "the system",
    };
    let server = subject.map_or("", |subject| subject.server);
    let _ = write!(
        page,
        "| {} ({server}) | {says} | {} |",
        line.sink,
        line.fault.as_str()
    );
    match &line.outcome {
        Err(why) => {
            let _ = writeln!(page, " | | | | | not tried: {why} |");
        }
        Ok(outcome) => {
            let lost: Vec<String> = outcome
                .lost
                .iter()
                .map(|(cause, records)| format!("{cause} {records}"))
                .collect();
            let verdict = if outcome.wrong.is_empty() {
                "holds".to_owned()
            } else {
                format!("**fails**: {}", outcome.wrong.join("; "))
            };
            let note = match outcome.note.as_str() {
                "" => String::new(),
                note => format!("; {note}"),
            };
            let text = without_folders(&format!("{verdict}{note}"))
                .replace('|', "/")
                .replace('\n', " ");
            let _ = writeln!(
                page,
                " {} | {} | {} | {} | {} | {} |",
                outcome.offered,
                outcome.delivered,
                lost.join(", "),
                outcome.missing,
                outcome.again,
                text
            );
        }
    }
}

/// The text without the names of folders that were made for a moment.
fn without_folders(text: &str) -> String {
    let temporary = std::env::temp_dir().display().to_string();
    let words = text
        .split(' ')
        .map(|word| match word.strip_prefix(&temporary) {
            Some(_) => word.rsplit('/').next().unwrap_or_default(),
            None => word,
        });
    words.collect::<Vec<_>>().join(" ")
}

/// What the table has and this run left out.
fn not_run(whole: &Whole, scale: &Scale) -> String {
    let there = |name: &str| whole.lines.iter().any(|line| line.sink == name);
    let left: Vec<&str> = table::ALL
        .iter()
        .map(|subject| subject.name)
        .filter(|name| !there(name))
        .collect();
    if left.is_empty() {
        return "\nEvery sink of the table was run.\n".to_owned();
    }
    format!(
        "\nNot run, for only {} was asked for: {}.\n",
        scale.only.join(", "),
        left.join(", ")
    )
}

/// What a program says.
pub(crate) fn said_by(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output();
    output.map_or_else(
        |_| program.to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
