//! How costs grow: each measured at four sizes, beside the peer that does the same job, and drawn.

mod callsites;
pub(crate) mod series;
mod spans;
mod threads;
mod writers;

use std::path::Path;
use std::process::Command;

use crate::plot::{Chart, Line, short};

/// What one line is at one size.
type Measure = fn(usize) -> Result<f64, String>;

/// One picture.
struct Experiment {
    /// The name of its file.
    name: &'static str,
    title: &'static str,
    x: &'static str,
    y: &'static str,
    sizes: [usize; 4],
    lines: &'static [(&'static str, Measure)],
}

/// What a point is divided by to see that it can be measured at all.
const QUICK: usize = 50;

/// All of them.
const ALL: [Experiment; 8] = [
    Experiment {
        name: "reload",
        title: "Reload of 100 rules",
        x: "callsites",
        y: "milliseconds",
        sizes: [1_000, 3_000, 10_000, 30_000],
        lines: &[
            ("rheostat: plans, table, interest twice", callsites::reload),
            (
                "EnvFilter of two directives through reload::Layer",
                callsites::reload_of_peer,
            ),
        ],
    },
    Experiment {
        name: "series-memory",
        title: "Memory of a counter with two labels",
        x: "series",
        y: "bytes a series",
        sizes: SERIES,
        lines: &[
            ("rheostat", series::memory),
            ("metrics-exporter-prometheus", series::memory_of_peer),
        ],
    },
    Experiment {
        name: "scrape",
        title: "A scrape as text",
        x: "series",
        y: "milliseconds",
        sizes: SERIES,
        lines: &[
            ("rheostat", series::scrape),
            ("metrics-exporter-prometheus", series::scrape_of_peer),
        ],
    },
    Experiment {
        name: "expire",
        title: "All series expire at once",
        x: "series",
        y: "milliseconds",
        sizes: SERIES,
        lines: &[
            ("rheostat: both steps", series::expire),
            (
                "metrics-exporter-prometheus: the scrape that drops them",
                series::expire_of_peer,
            ),
        ],
    },
    Experiment {
        name: "writers",
        title: "Eight threads count while somebody scrapes without pause",
        x: "series",
        y: "million events a second, all threads",
        sizes: [100, 1_000, 10_000, 100_000],
        lines: &[
            ("alone", writers::alone),
            ("beside a thread that only spins", writers::beside_a_spinner),
            ("while scraped", writers::while_scraped),
        ],
    },
    Experiment {
        name: "threads",
        title: "Memory that is kept after threads came and went",
        x: "threads, sixteen at a time",
        y: "KiB",
        sizes: [125, 250, 500, 1_000],
        lines: &[
            ("rheostat: events, spans and a stream", threads::kept),
            (
                "tracing-subscriber's Registry: the same events and spans",
                threads::kept_by_registry,
            ),
        ],
    },
    Experiment {
        name: "open-spans",
        title: "One span more while others are open",
        x: "open spans",
        y: "nanoseconds",
        sizes: [100, 1_000, 10_000, 100_000],
        lines: &[
            ("rheostat: its duration in a histogram", spans::one_more),
            ("Registry alone", spans::one_more_of_registry),
        ],
    },
    Experiment {
        name: "open-spans-memory",
        title: "Memory of an open span with two fields",
        x: "open spans",
        y: "bytes a span",
        sizes: [100, 1_000, 10_000, 100_000],
        lines: &[
            ("rheostat: a field kept for a label", spans::memory),
            ("Registry and fmt's fields", spans::memory_of_registry),
        ],
    },
];

const SERIES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Measures one point in this process and prints it.
///
/// # Errors
///
/// Unknown words, or what went wrong.
pub(crate) fn point(experiment: &str, line: &str, size: &str) -> Result<(), String> {
    let number = |word: &str| {
        word.parse()
            .map_err(|_| format!("`{word}` is not a number"))
    };
    let experiment = ALL
        .iter()
        .find(|known| known.name == experiment)
        .ok_or_else(|| format!("nothing is called `{experiment}`"))?;
    let at: usize = number(line)?;
    let (_, measure) = experiment
        .lines
        .get(at)
        .ok_or_else(|| format!("`{}` has no line {at}", experiment.name))?;
    println!("{}", measure(number(size)?)?);
    Ok(())
}

/// Only this part of the report: `--quick` at small sizes, `--only NAME`, `--write FOLDER` for the pictures.
///
/// # Errors
///
/// An unknown word, or what went wrong.
pub(crate) fn alone(words: &[&str]) -> Result<(), String> {
    let (mut quick, mut only, mut folder) = (false, None, None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--quick" => quick = true,
            "--only" => only = rest.next().copied(),
            "--write" => folder = rest.next().copied(),
            other => {
                return Err(format!(
                    "`{other}` is not an option of scale: --quick, --only NAME, --write FOLDER"
                ));
            }
        }
    }
    print!("{}", report(only, quick, folder)?);
    Ok(())
}

/// Measures, draws into a folder if there is one, and gives the section of the report.
///
/// # Errors
///
/// A point that could not be measured, with its name, or a picture that could not be written.
pub(crate) fn report(
    only: Option<&str>,
    quick: bool,
    folder: Option<&str>,
) -> Result<String, String> {
    let mut text = String::new();
    for experiment in &ALL {
        if only.is_some_and(|name| name != experiment.name) {
            continue;
        }
        eprintln!("scale: {}", experiment.name);
        let chart = experiment.measured(quick)?;
        if let Some(folder) = folder {
            let path = Path::new(folder).join(format!("{}.svg", experiment.name));
            std::fs::create_dir_all(folder).map_err(|error| format!("{folder}: {error}"))?;
            std::fs::write(&path, chart.svg()?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        text.push_str(&experiment.section(&chart));
    }
    Ok(text)
}

impl Experiment {
    /// Every point, each in a process of its own.
    fn measured(&self, quick: bool) -> Result<Chart, String> {
        let mut lines = Vec::new();
        for (at, (name, _)) in self.lines.iter().enumerate() {
            let mut points = Vec::new();
            for size in self.sizes {
                let size = if quick { (size / QUICK).max(2) } else { size };
                points.push((size as f64, self.asked(at, size)?));
            }
            lines.push(Line {
                name: (*name).to_owned(),
                points,
            });
        }
        Ok(Chart {
            title: self.title.to_owned(),
            x: self.x,
            y: self.y,
            by_factors: true,
            lines,
        })
    }

    fn asked(&self, line: usize, size: usize) -> Result<f64, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let output = Command::new(program)
            .args(["point", self.name, &line.to_string(), &size.to_string()])
            .output()
            .map_err(|error| format!("{} cannot be started: {error}", self.name))?;
        let said = String::from_utf8_lossy(&output.stdout);
        said.trim().parse().map_err(|_| {
            let why = String::from_utf8_lossy(&output.stderr);
            format!("{} at {size}: {why}", self.name)
        })
    }

    /// A picture, and its figures for those who cannot see it.
    fn section(&self, chart: &Chart) -> String {
        let mut text = format!(
            "\n### {}\n\n![{}](benchmarks/{}.svg)\n\n| {} |",
            self.title, self.title, self.name, self.x
        );
        let sizes = chart.lines.first().map_or(&[][..], |line| &line.points);
        for (size, _) in sizes {
            text.push_str(&format!(" {} |", short(*size)));
        }
        text.push_str(&format!("\n|--|{}\n", "--:|".repeat(sizes.len())));
        for line in &chart.lines {
            text.push_str(&format!("| {}, {} |", line.name, self.y));
            for (_, value) in &line.points {
                text.push_str(&format!(" {} |", short(*value)));
            }
            text.push('\n');
        }
        text
    }
}
