//! The environment: what a policy may read from outside its own text.
//!
//! This crate reads nothing itself. Whoever loads a policy hands in the
//! variables and secrets of its process; tests hand in a map.

use std::collections::BTreeMap;
use std::fmt;

/// Where variables and secrets come from.
///
/// Asked on the thread that checks the policy, once per mention.
pub trait Environment {
    /// The value of a variable; `None` where it is not set.
    fn var(&self, name: &str) -> Option<String>;

    /// The text of a secret file.
    ///
    /// # Errors
    ///
    /// The reason, in words, when the file cannot be read.
    fn read_secret(&self, path: &str) -> Result<String, String>;

    /// The time, in nanoseconds since the Unix epoch; `None` where nobody knows it.
    ///
    /// Only used to say that a rule is over. What a policy means does not depend on it.
    fn now(&self) -> Option<i128> {
        None
    }
}

/// An environment without variables and without files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoEnvironment;

impl Environment for NoEnvironment {
    fn var(&self, _name: &str) -> Option<String> {
        None
    }

    fn read_secret(&self, _path: &str) -> Result<String, String> {
        Err("files cannot be read here".to_owned())
    }
}

/// An environment made of two maps.
///
/// Its `Debug` names what it holds and shows no value: each may be a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MapEnvironment {
    vars: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
    now: Option<i128>,
}

impl MapEnvironment {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this variable set.
    #[must_use]
    pub fn with_var(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// With this secret file.
    #[must_use]
    pub fn with_secret(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.secrets.insert(path.into(), text.into());
        self
    }

    /// With this time, in nanoseconds since the Unix epoch.
    #[must_use]
    pub fn with_now(mut self, now: i128) -> Self {
        self.now = Some(now);
        self
    }
}

impl Environment for MapEnvironment {
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }

    fn read_secret(&self, path: &str) -> Result<String, String> {
        self.secrets
            .get(path)
            .cloned()
            .ok_or_else(|| "no such file".to_owned())
    }

    fn now(&self) -> Option<i128> {
        self.now
    }
}

impl fmt::Debug for MapEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vars: Vec<_> = self.vars.keys().collect();
        let secrets: Vec<_> = self.secrets.keys().collect();
        f.debug_struct("MapEnvironment")
            .field("vars", &vars)
            .field("secrets", &secrets)
            .field("now", &self.now)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_answers_what_was_put_in() {
        let env = MapEnvironment::new()
            .with_var("A", "1")
            .with_secret("/run/s", "hush");
        assert_eq!(env.var("A").as_deref(), Some("1"));
        assert_eq!(env.var("B"), None);
        assert_eq!(env.read_secret("/run/s").as_deref(), Ok("hush"));
        assert!(env.read_secret("/run/t").is_err());
    }

    #[test]
    fn what_it_holds_is_named_and_not_shown() {
        let env = MapEnvironment::new()
            .with_var("TOKEN", "hush")
            .with_secret("/run/s", "hush");
        let shown = format!("{env:?}");
        assert!(shown.contains("TOKEN") && shown.contains("/run/s"));
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn no_environment_holds_nothing() {
        assert_eq!(NoEnvironment.var("PATH"), None);
        assert!(NoEnvironment.read_secret("/etc/hostname").is_err());
    }
}
