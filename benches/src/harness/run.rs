//! The parent: starts every case, hands out the turns, collects the figures.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::options::Options;
use super::report::{self, Beyond};
use super::table::Row;
use super::{instructions, once};
use crate::cases::{self, Case};
use crate::{scale, service};

/// Runs all cases, interleaved, and prints the table.
///
/// # Errors
///
/// A case that could not be started or that died, with its name.
pub(crate) fn all(options: &Options) -> Result<(), String> {
    let wanted = |case: &Case| {
        options
            .only
            .as_ref()
            .is_none_or(|part| case.name.contains(part))
    };
    let cases: Vec<Case> = cases::all().into_iter().filter(wanted).collect();
    if cases.is_empty() {
        return Err("no case has such a name".into());
    }
    let mut players = Vec::new();
    for _ in 0..options.processes {
        for case in &cases {
            players.push(Player::start(case)?);
        }
    }
    for _ in 0..options.rounds {
        for player in &mut players {
            player.turn()?;
        }
    }
    let mut figures: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    for (at, player) in players.into_iter().enumerate() {
        figures[at % cases.len()].extend(player.finish()?);
    }
    let mut rows = Vec::new();
    for (case, mut figures) in cases.iter().zip(figures) {
        figures.sort_by(f64::total_cmp);
        let instructions = if options.instructions && case.threads == 1 {
            instructions::per_operation(case.name, case.program)?
        } else {
            None
        };
        rows.push(Row::new(case, &figures, instructions));
    }
    let report = report::render(&rows, options, &beyond(options)?)?;
    print!("{report}");
    match &options.write {
        Some(path) => std::fs::write(path, report).map_err(|error| format!("{path}: {error}")),
        None => Ok(()),
    }
}

/// What is no loop over one operation; nothing where only some cases were asked for.
fn beyond(options: &Options) -> Result<Beyond, String> {
    if options.only.is_some() {
        return Ok(Beyond::default());
    }
    let pictures = options.write.as_deref().map(report::pictures);
    Ok(Beyond {
        once: once::all()?,
        scale: scale::report(None, options.quick, pictures.as_deref())?,
        service: service::report(options.quick)?,
    })
}

/// One child and the figures it has answered.
struct Player {
    name: &'static str,
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    figures: Vec<f64>,
}

impl Player {
    fn start(case: &Case) -> Result<Self, String> {
        let mut child = Command::new(case.program.path()?)
            .args(["slots", case.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start `{}`: {error}", case.name))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("`{}` has no pipes", case.name));
        };
        let answers = BufReader::new(answers);
        Ok(Self {
            name: case.name,
            child,
            orders,
            answers,
            figures: Vec::new(),
        })
    }

    fn turn(&mut self) -> Result<(), String> {
        let died = |error: &dyn std::fmt::Display| format!("`{}` died: {error}", self.name);
        writeln!(self.orders, "go").map_err(|error| died(&error))?;
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .map_err(|error| died(&error))?;
        let figure = line
            .trim()
            .parse()
            .map_err(|_| died(&"it answered no number"))?;
        self.figures.push(figure);
        Ok(())
    }

    fn finish(self) -> Result<Vec<f64>, String> {
        let Self {
            name,
            mut child,
            orders,
            figures,
            ..
        } = self;
        drop(orders);
        let status = child.wait().map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("`{name}` ended with {status}"));
        }
        Ok(figures)
    }
}
