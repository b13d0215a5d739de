//! The load generator's command line.

use std::fmt;
use std::time::Duration;

/// What to ask of which shop, and how hard.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The shop's address: `--to`.
    pub to: String,
    /// How many visits: `--visits`.
    pub visits: u64,
    /// How many visitors at once: `--at-once`.
    pub at_once: u64,
    /// When to stop even if visits are left: `--seconds`.
    pub limit: Duration,
    /// What the visits follow from: `--seed`.
    pub seed: u64,
    /// Whether each request carries a `traceparent` of its own: `--traced`.
    pub traced: bool,
    /// Whether visits that only wait ask after the shop's health instead: `--no-waits`, for who measures.
    pub no_waits: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            to: "127.0.0.1:8080".to_owned(),
            visits: 1_000,
            at_once: 8,
            limit: Duration::from_secs(120),
            seed: 1,
            traced: false,
            no_waits: false,
        }
    }
}

/// What the command line should have been.
const USAGE: &str = "usage: load [--to HOST:PORT] [--visits N] [--at-once N] [--seconds N] [--seed N] [--traced] [--no-waits]";

impl Arguments {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    ///
    /// [`UsageError`] names the word that was not understood.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, UsageError> {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--traced" => arguments.traced = true,
                "--no-waits" => arguments.no_waits = true,
                "--to" => arguments.to = value(&word, &mut words)?,
                "--visits" => arguments.visits = number(&word, &mut words)?,
                "--at-once" => arguments.at_once = number(&word, &mut words)?.max(1),
                "--seconds" => arguments.limit = Duration::from_secs(number(&word, &mut words)?),
                "--seed" => arguments.seed = number(&word, &mut words)?,
                _ => return Err(UsageError(format!("unknown option {word}"))),
            }
        }
        Ok(arguments)
    }
}

fn value(option: &str, words: &mut impl Iterator<Item = String>) -> Result<String, UsageError> {
    words
        .next()
        .ok_or_else(|| UsageError(format!("{option} needs a value")))
}

fn number(option: &str, words: &mut impl Iterator<Item = String>) -> Result<u64, UsageError> {
    let text = value(option, words)?;
    text.parse()
        .map_err(|_| UsageError(format!("{option} needs a number, not {text}")))
}

/// The command line was not understood.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{USAGE}", self.0)
    }
}

impl std::error::Error for UsageError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, UsageError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_option_is_read() {
        let read =
            parse("--to h:1 --visits 2 --at-once 3 --seconds 4 --seed 5 --traced --no-waits")
                .unwrap();
        assert_eq!((read.to.as_str(), read.visits, read.at_once), ("h:1", 2, 3));
        assert_eq!(
            (read.limit, read.seed, read.traced, read.no_waits),
            (Duration::from_secs(4), 5, true, true)
        );
    }

    #[test]
    fn a_mistake_is_named_and_the_usage_shown() {
        let said = parse("--visits many").unwrap_err().to_string();
        assert!(
            said.starts_with("--visits needs a number, not many\nusage: load"),
            "{said}"
        );
        assert!(
            parse("--vists 3")
                .unwrap_err()
                .to_string()
                .starts_with("unknown option --vists")
        );
    }
}
