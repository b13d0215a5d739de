//! A service in a process of its own, and what the system says of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::harness::sibling::Program;

/// One running build.
pub(super) struct Shopkeeper {
    child: Child,
    // While it is open, the service stays.
    orders: Option<ChildStdin>,
    pub(super) address: String,
}

impl Shopkeeper {
    /// Starts a build and waits until it serves.
    pub(super) fn of(build: &str) -> Result<Self, String> {
        let mut child = Command::new(Program::Service.path()?)
            .args(["serve", build])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the service `{build}` cannot be started: {error}"))?;
        let orders = child.stdin.take();
        let answers = child.stdout.take().ok_or("the service has no output")?;
        let mut address = String::new();
        BufReader::new(answers)
            .read_line(&mut address)
            .map_err(|error| error.to_string())?;
        if address.trim().is_empty() {
            return Err(format!("the service `{build}` does not serve"));
        }
        Ok(Self {
            child,
            orders,
            address: address.trim().to_owned(),
        })
    }

    /// How much processor time it has used, in microseconds: its ticks are too coarse for one turn, so the threads'
    /// own accounts are summed. None of them ends while it serves.
    pub(super) fn used(&self) -> Result<f64, String> {
        let tasks = format!("/proc/{}/task", self.child.id());
        let mut nanoseconds = 0.0;
        for task in std::fs::read_dir(&tasks).map_err(|error| format!("{tasks}: {error}"))? {
            let account = task
                .map_err(|error| error.to_string())?
                .path()
                .join("schedstat");
            let said = std::fs::read_to_string(&account)
                .map_err(|error| format!("{}: {error}", account.display()))?;
            nanoseconds += first_number(&said).unwrap_or(0.0);
        }
        Ok(nanoseconds / 1e3)
    }

    /// Its resident memory, in MiB.
    pub(super) fn resident(&self) -> Result<f64, String> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(first_number);
        kibibytes
            .map(|kibibytes| kibibytes / 1024.0)
            .ok_or_else(|| format!("{path} does not say how much is resident"))
    }
}

impl Drop for Shopkeeper {
    fn drop(&mut self) {
        self.orders = None;
        // It is waited for, so that the next measurement is alone; how it ended does not matter any more.
        let _ = self.child.wait();
    }
}

fn first_number(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}
