//! A program that a test started, and ends.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A child process that does not outlive the test.
pub(crate) struct Running(Child);

impl Running {
    /// Starts it without input.
    pub(crate) fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("cannot start {program}: {error}")))
    }

    /// What it writes to its standard output.
    pub(crate) fn stdout(&mut self) -> std::process::ChildStdout {
        self.0
            .stdout
            .take()
            .expect("stdout was piped, and is taken once")
    }

    /// Whether it ended by itself, and how.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// Asks it to end as Ctrl-C does, and returns how it did.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let pid = Pid::from_child(&self.0);
        kill_process(pid, Signal::INT).unwrap();
        wait_for_end(&mut self.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; both calls then have nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for_end(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(
            Instant::now() < deadline,
            "the program did not end when it was asked to"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
