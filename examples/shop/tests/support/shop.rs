//! The shop in a process of its own, with a policy of the test's choosing.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use shop::load::Report;
use tempfile::TempDir;

use super::process::Running;
use super::{http, wait};

/// A shop that serves on ports of its own and writes to a folder of its own.
pub(crate) struct Shop {
    process: Running,
    /// Where customers connect.
    pub(crate) address: String,
    /// Where metrics are scraped.
    pub(crate) metrics: String,
    /// What it said when it opened.
    pub(crate) banner: String,
    out: TempDir,
}

/// How a shop differs from the one that ships.
#[derive(Default)]
pub(crate) struct Wish<'a> {
    /// Changes the shipped policy's text.
    pub(crate) policy: Option<&'a dyn Fn(String) -> String>,
    /// More environment variables.
    pub(crate) variables: &'a [(&'a str, String)],
}

impl Shop {
    /// Opens the shop that ships.
    pub(crate) fn open() -> Self {
        Self::open_with(&Wish::default())
    }

    /// Opens a shop that differs in some ways.
    pub(crate) fn open_with(wish: &Wish<'_>) -> Self {
        let out = tempfile::tempdir().unwrap();
        let text = match wish.policy {
            Some(change) => change(shipped_policy()),
            None => shipped_policy(),
        };
        let policy = out.path().join("rheostat.toml");
        std::fs::write(&policy, text).unwrap();
        let errors = std::fs::File::create(out.path().join("stderr.txt")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command
            .env("SHOP_LISTEN", "127.0.0.1:0")
            .env("SHOP_METRICS", "127.0.0.1:0");
        command
            .env("SHOP_OUT", out.path())
            .env("SHOP_POLICY", policy)
            .env("SHOP_TRACES", "1/1");
        command.envs(wish.variables.iter().map(|(name, value)| (name, value)));
        let mut process = Running::start(command.stdout(Stdio::piped()).stderr(errors));

        let mut banner = String::new();
        let mut said = BufReader::new(process.stdout());
        while !banner.contains("Ctrl-C") {
            if said.read_line(&mut banner).unwrap() == 0 {
                let errors = std::fs::read_to_string(out.path().join("stderr.txt")).unwrap();
                panic!("the shop did not open:\n{banner}{errors}");
            }
        }
        let (address, metrics) = (
            after(&banner, "open at http://"),
            after(&banner, "curl -s http://"),
        );
        Self {
            process,
            address,
            metrics,
            banner,
            out,
        }
    }

    /// The file of this name that the shop, or its policy, writes.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.out.path().join(name)
    }

    /// The policy file in force.
    pub(crate) fn policy(&self) -> PathBuf {
        self.file("rheostat.toml")
    }

    /// What the shop said on its standard error so far.
    pub(crate) fn errors(&self) -> String {
        std::fs::read_to_string(self.file("stderr.txt")).unwrap()
    }

    /// Sends customers, in another process, and returns their numbers. Every
    /// visit is made and answered.
    pub(crate) fn load(&self, options: &str) -> Report {
        let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
        command
            .args(["--to", &self.address])
            .args(options.split_whitespace());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let report: Report = match serde_json::from_slice(&output.stdout) {
            Ok(report) => report,
            Err(error) => panic!("no report, {error}: {said}"),
        };
        assert_eq!(
            report.failures,
            [""; 0],
            "some requests got no answer; the shop said:\n{}",
            self.errors()
        );
        assert_eq!(report.left, 0, "some visits were not made");
        report
    }

    /// The metrics in the format asked for, after every request has left the shop.
    pub(crate) fn scrape(&self, accept: &str) -> http::Answer {
        let url = format!("http://{}/metrics", self.metrics);
        wait::wait_for("a scrape without requests in flight", || {
            let answer = http::get(&url, accept)?;
            let mut flying = answer
                .body
                .lines()
                .filter(|line| line.starts_with("http_requests_in_flight"));
            let quiet = flying.all(|line| line.ends_with(" 0") || line.ends_with(" 0.0"));
            (answer.status == 200 && quiet).then_some(answer)
        })
    }

    /// Closes the shop as Ctrl-C does: everything it holds is flushed.
    pub(crate) fn close(self) -> Closed {
        let Self { process, out, .. } = self;
        let status = process.interrupt();
        let errors = std::fs::read_to_string(out.path().join("stderr.txt")).unwrap();
        assert!(status.success(), "the shop ended with {status}\n{errors}");
        Closed { out }
    }
}

/// What a closed shop leaves behind.
pub(crate) struct Closed {
    out: TempDir,
}

impl Closed {
    /// The content of a file that the policy wrote.
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {name}: {error}"))
    }

    /// The folder of all those files.
    pub(crate) fn path(&self) -> &Path {
        self.out.path()
    }
}

/// The text of the policy that ships with the shop.
pub(crate) fn shipped_policy() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rheostat.toml")).unwrap()
}

/// The address that follows these words in the start-up message.
fn after(banner: &str, words: &str) -> String {
    let rest = banner
        .split(words)
        .nth(1)
        .unwrap_or_else(|| panic!("`{words}` is not in\n{banner}"));
    rest.split([' ', '/', '\n'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
