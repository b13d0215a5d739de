//! How much goes to each sink in a second, from the event until the server has it; and what the slowest does meanwhile.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use rheostat_testkit::real;
use tempfile::TempDir;

use crate::place::{Says, Subject};
use crate::program::{Program, Start};
use crate::report::said_by;
use crate::run::Scale;
use crate::table;
use crate::trial::Stand;

/// How many records a sink gets; for metrics, how many series change, and how often.
const RECORDS: u64 = 200_000;
/// What is slow in itself gets fewer.
const FEWER: u64 = 20_000;
/// A file takes so many more that the clock does not matter.
const LINES: u64 = 1_000_000;
const SERIES: u64 = 2_000;
const REPORTS: u64 = 100;
/// How many times; the best counts, for what else the machine does only ever takes away.
const TIMES: u32 = 3;
/// How often a second it is looked at what a program does.
const LOOKS: &str = "997";

/// What is aimed at, per second.
const AIMS: &[(&str, f64)] = &[("file", 1_000_000.0), ("clickhouse", 300_000.0)];

struct Rate {
    subject: &'static Subject,
    a_second: f64,
    /// Seconds of processor time of the whole program, for each million.
    busy: f64,
}

const HEAD: &str = "# How fast each sink is

Written by `cargo xtask bench sinks`; do not edit. A program fires as fast as its queue lets it (`full = \"block\"`), one
thread, records of three fields and a message; the time ends when the last one is delivered, which for
sinks whose server answers means that it has it. Metrics: 2,000 series that all change, 100 reports; a point is a series
in a report. The server runs on the same machine and takes its share of the processors; where that is *a
stand-in* or *a collector of ours*, in Python, its speed is what is measured. The best of three runs. The table
of ClickHouse has three columns: time, kind and number; that of PostgreSQL all that the sink makes.
";

/// Measures all of them, or those that are named; gives the page.
pub fn page(scale: &Scale) -> String {
    let wanted = |subject: &&'static Subject| {
        scale.only.is_empty() || scale.only.iter().any(|name| name == subject.name)
    };
    let mut page = HEAD.to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let _ = writeln!(
        page,
        "\n{}, {}, {cores} hardware threads, load {} when it began.\n",
        said_by("date", &["-u", "+%Y-%m-%d"]),
        said_by("rustc", &["--version"]),
        load()
    );
    page.push_str("| sink | server | what | a second | CPU seconds of the program for a million | load | aim |\n");
    page.push_str("|---|---|---|--:|--:|--:|---|\n");
    let mut slowest: Option<Rate> = None;
    for subject in table::ALL.iter().filter(wanted) {
        let what = if subject.metrics { "points" } else { "records" };
        let (name, server) = (subject.name, subject.server);
        match measured(subject, scale) {
            Err(why) => {
                let _ = writeln!(
                    page,
                    "| {name} | {server} | {what} | not measured: {why} | | {} | |",
                    load()
                );
            }
            Ok(rate) => {
                let _ = writeln!(
                    page,
                    "| {name} | {server} | {what} | {:.0} | {:.2} | {} | {} |",
                    rate.a_second,
                    rate.busy,
                    load(),
                    aim(&rate)
                );
                let slower = slowest
                    .as_ref()
                    .is_none_or(|slowest| rate.a_second < slowest.a_second);
                if !is_ours(subject) && !subject.metrics && slower {
                    slowest = Some(rate);
                }
            }
        }
    }
    if let Some(slowest) = slowest {
        profile(slowest.subject, scale, &mut page);
    }
    page
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

fn aim(rate: &Rate) -> String {
    let aim = AIMS.iter().find(|(name, _)| *name == rate.subject.name);
    aim.map_or_else(String::new, |(_, least)| {
        let verdict = if rate.a_second >= *least {
            "holds"
        } else {
            "MISSED"
        };
        format!("≥ {least:.0}: {verdict}")
    })
}

fn measured(subject: &'static Subject, scale: &Scale) -> Result<Rate, String> {
    if !real::have(subject.name, subject.needs) {
        return Err("its server is not installed".into());
    }
    let stand = Stand::new(subject, scale);
    let mut best: Option<Rate> = None;
    for run in 0..TIMES {
        let (_folder, mut program) = start(&stand, run)?;
        let (seconds, busy) = timed(subject, &mut program)?;
        let amount = amount(subject) as f64;
        let rate = Rate {
            subject,
            a_second: amount / seconds,
            busy: busy / amount * 1e6,
        };
        if best
            .as_ref()
            .is_none_or(|best| rate.a_second > best.a_second)
        {
            best = Some(rate);
        }
    }
    best.ok_or_else(|| "it was never measured".to_owned())
}

fn amount(subject: &Subject) -> u64 {
    match subject.name {
        _ if subject.metrics => SERIES * REPORTS,
        "file" => LINES,
        _ if is_ours(subject) => FEWER,
        _ => RECORDS,
    }
}

/// Whether the server is one of our own making.
fn is_ours(subject: &Subject) -> bool {
    subject.server.contains("stand-in") || subject.server.contains("of ours")
}

fn timed(subject: &Subject, program: &mut Program) -> Result<(f64, f64), String> {
    if subject.metrics {
        program.time_series(SERIES, REPORTS)
    } else {
        program.time(amount(subject))
    }
}

fn start(stand: &Stand<'_>, run: u32) -> Result<(TempDir, Program), String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let more = if stand.subject.metrics {
        "metrics_every = '1h'".to_owned()
    } else {
        let records = if stand.subject.says == Says::Server {
            10_000
        } else {
            1_000
        };
        // A server that is asked to take a batch at once may take its time.
        format!(
            "full = 'block'\nbatch = {{ records = {records}, bytes = '16MiB' }}\nbuffer = {{ memory = '64MiB' }}"
        )
    };
    let at = stand.place.address().unwrap_or_default();
    let policy = stand
        .policy(&at, &more)
        .replace("timeout = '1s'", "timeout = '60s'");
    let program = Program::start(&Start {
        folder: folder.path(),
        policy: &policy,
        run: u64::from(run),
        names: None,
        standard_output: stand.place.standard_output(),
    })?;
    Ok((folder, program))
}

/// What the program of a sink does, by a profiler.
fn profile(subject: &'static Subject, scale: &Scale, page: &mut String) {
    let _ = writeln!(page, "\n## What the slowest does: {}\n", subject.name);
    let told = profiled(subject, scale).unwrap_or_else(|why| format!("Not profiled: {why}.\n"));
    page.push_str(&told);
}

fn profiled(subject: &'static Subject, scale: &Scale) -> Result<String, String> {
    let stand = Stand::new(subject, scale);
    let (folder, mut program) = start(&stand, TIMES)?;
    let data = folder.path().join("perf.data");
    let mut perf = Command::new("perf")
        .args([
            "record",
            "-q",
            "-F",
            LOOKS,
            "-p",
            &program.id().to_string(),
            "-o",
        ])
        .arg(&data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot run perf: {error}"))?;
    // It is there when its file is.
    real::eventually("perf looks", || data.exists());
    // Longer than it takes to measure, so that there is enough to see.
    let timed = program.time(amount(subject) * 5);
    drop(program);
    perf.wait().map_err(|error| error.to_string())?;
    timed?;
    let report = Command::new("perf")
        .args([
            "report",
            "--stdio",
            "-q",
            "--no-children",
            "--sort",
            "symbol",
            "--percent-limit",
            "0.5",
            "-i",
        ])
        .arg(&data)
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&report.stdout);
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| line.contains('%'));
    let mut told = "Where the processor time of the program goes (`perf record`):\n\n| share | function |\n|--:|---|\n".to_owned();
    for line in lines.by_ref().take(5) {
        let (share, symbol) = line.split_once(' ').unwrap_or((line, ""));
        // What stands behind two spaces are columns of perf's own.
        let symbol = symbol.trim().split("  ").next().unwrap_or_default();
        let symbol = symbol.trim_start_matches("[.] ").trim_start_matches("[k] ");
        let _ = writeln!(told, "| {share} | `{}` |", symbol.replace('|', "/"));
    }
    Ok(told)
}

/// The processor time that this process took, in seconds.
pub(crate) fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything.
    let behind = stat.rsplit_once(") ").map_or("", |(_, behind)| behind);
    let ticks = behind
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// A limit for what is measured.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
