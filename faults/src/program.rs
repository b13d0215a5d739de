//! The program in trouble, as its parent holds it.

use std::fs::OpenOptions;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::control::Control;
use crate::names::Names;

/// No answer takes longer; a flush has its own limit.
const PATIENCE: Duration = Duration::from_secs(900);

/// A program that runs.
pub(crate) struct Program {
    child: Child,
    control: Control,
}

/// What a program is started with.
pub(crate) struct Start<'a> {
    /// Where it finds its policy and leaves its notes.
    pub(crate) folder: &'a Path,
    pub(crate) policy: &'a str,
    pub(crate) run: u64,
    /// How names resolve for it.
    pub(crate) names: Option<&'a Names>,
    pub(crate) standard_output: Option<PathBuf>,
}

impl Program {
    /// Starts it, and waits until its policy is in force.
    pub(crate) fn start(start: &Start<'_>) -> Result<Self, String> {
        let said = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| format!("cannot {what}: {error}")
        };
        std::fs::write(start.folder.join("policy"), start.policy)
            .map_err(said("write a policy"))?;
        let socket = start.folder.join("control");
        std::fs::remove_file(&socket).unwrap_or_default();
        let listener = UnixListener::bind(&socket).map_err(said("listen"))?;
        listener.set_nonblocking(true).map_err(said("listen"))?;
        let mut command = match start.names {
            None => Command::new(crate::run::this()),
            Some(names) => names.command(crate::run::this()),
        };
        command
            .arg("child")
            .arg(start.folder)
            .arg(start.run.to_string());
        let errors = OpenOptions::new()
            .create(true)
            .append(true)
            .open(start.folder.join("errors"));
        let errors = errors.map_err(said("make a file"))?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors);
        if let Some(path) = &start.standard_output {
            // For reading too, or it would wait for a reader; the program's own reader is another.
            let pipe = OpenOptions::new().read(true).write(true).open(path);
            let output = OpenOptions::new().write(true).open(path);
            drop(pipe.map_err(said("open a pipe"))?);
            command.stdout(output.map_err(said("open a pipe"))?);
        }
        let mut child = command.spawn().map_err(said("start a program"))?;
        let until = Instant::now() + Duration::from_secs(60);
        let stream = loop {
            if let Ok((stream, _)) = listener.accept() {
                break stream;
            }
            let ended = child.try_wait().map_err(said("wait for a program"))?;
            if ended.is_some() || Instant::now() > until {
                let errors = std::fs::read_to_string(start.folder.join("errors"));
                return Err(format!(
                    "the program does not start: {}",
                    errors.unwrap_or_default()
                ));
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        stream.set_nonblocking(false).map_err(said("talk"))?;
        stream
            .set_read_timeout(Some(PATIENCE))
            .map_err(said("talk"))?;
        Ok(Self {
            child,
            control: Control::new(stream),
        })
    }

    fn ask(&mut self, line: &str) -> Result<Value, String> {
        self.control.say(line);
        let answer = self.control.hear();
        let answer = answer.ok_or_else(|| format!("the program does not answer to `{line}`"))?;
        serde_json::from_str(&answer).map_err(|error| error.to_string())
    }

    /// Fires so many from each thread, each with so much text.
    pub(crate) fn fire(&mut self, records: u64, size: usize, odd: &str) -> Result<(), String> {
        self.ask(&format!("fire {records} {size} {odd}")).map(drop)
    }

    /// Begins to fire, and does so until it is killed.
    pub(crate) fn keep_firing(&mut self) {
        self.control.say("keep");
    }

    /// Waits until everything is delivered; whether it was.
    pub(crate) fn flush(&mut self, limit: Duration) -> Result<bool, String> {
        let flushed = self.ask(&format!("flush {}", limit.as_millis()))?;
        Ok(flushed == true)
    }

    /// Fires so many as fast as it can, until all are delivered: how long that took, and of the processors.
    pub(crate) fn time(&mut self, records: u64) -> Result<(f64, f64), String> {
        let took = self.ask(&format!("time {records}"))?;
        timed(&took)
    }

    /// The same of so many series, in so many reports.
    pub(crate) fn time_series(&mut self, series: u64, reports: u64) -> Result<(f64, f64), String> {
        let took = self.ask(&format!("series {series} {reports}"))?;
        timed(&took)
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn status(&mut self) -> Result<Value, String> {
        self.ask("status")
    }

    /// Shuts it down, and gives how it stood then.
    pub(crate) fn end(mut self, limit: Duration) -> Result<Value, String> {
        self.ask(&format!("end {}", limit.as_millis()))
    }

    pub(crate) fn kill(&mut self) -> std::io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_some())
    }
}

fn timed(took: &Value) -> Result<(f64, f64), String> {
    let number = |at: usize| took[at].as_f64();
    let both = number(0).zip(number(1));
    both.ok_or_else(|| format!("not everything was delivered: {took}"))
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.kill();
    }
}
