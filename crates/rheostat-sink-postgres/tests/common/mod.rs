//! What the tests of the sink stand on: a program with one sink, a real server, and `psql` to read it back.

#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(unused_imports, reason = "no test file uses all of it")]
#![allow(unreachable_pub, reason = "each test file is a crate of its own")]

pub mod lost;
pub mod postgres;

use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_policy::MapEnvironment;
use rheostat_testkit::{Kit, Mount};
use tracing::dispatcher::{self, Dispatch};

pub use postgres::{POSTGRES, Postgres};
pub use rheostat_testkit::relay::{Mode, Relay};

/// Long enough for any machine; nothing waits this long where all is well.
pub const LONG: Duration = Duration::from_secs(60);

/// A rule that streams everything of the target `shop` to the sink.
pub const STREAM: &str = r#"
[[rules]]
name = "r"
match = { target = "shop", event = "*" }
stream = { sink = "s" }
"#;

/// Batches at once, and again at once.
pub const QUICK: &str =
    "retry = { first = '5ms', max = '50ms' }\ntimeout = '1s'\nbatch = { every = '10ms' }";

/// A program with a policy, whose sink is `s`.
pub struct Program {
    pub kit: Kit,
    dispatch: Dispatch,
}

impl Program {
    /// With these keys of the sink, and whatever else stands in the policy.
    pub fn new(sink: &str, rules: &str) -> Self {
        let kit = Kit::new(rheostat_sink_postgres::all());
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let program = Self { kit, dispatch };
        program.apply(sink, rules);
        program.run(|| program.kit.engine().installed());
        program
    }

    /// Puts another policy in force.
    pub fn apply(&self, sink: &str, rules: &str) {
        if let Err(found) = self.try_apply(sink, rules) {
            panic!("{found}");
        }
    }

    /// The same, where it may be refused.
    pub fn try_apply(&self, sink: &str, rules: &str) -> Result<(), rheostat_policy::Diagnostics> {
        let text = format!("version = 1\n[sinks.s]\ntype = 'postgres'\n{sink}\n{rules}");
        let environment = MapEnvironment::new()
            .with_var("GOOD", "canary-good")
            .with_var("WRONG", "canary-wrong");
        self.run(|| self.kit.apply_in(&text, &environment))
            .map(drop)
    }

    /// Runs a piece of it.
    pub fn run<T>(&self, body: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.dispatch, body)
    }

    /// Waits until everything is delivered.
    pub fn flush(&self) {
        self.kit.drain();
        let report = self.kit.flush(LONG);
        assert!(report.is_complete(), "{report:?}\n{}", self.said());
    }

    /// How many records of the rule `r` came to this end.
    pub fn ended(&self, cause: Cause) -> u64 {
        self.kit.ended("r", "s", cause)
    }

    /// What the sink says was in the way.
    pub fn said(&self) -> String {
        let all = self.kit.queues().status();
        let all: Vec<String> = all.into_iter().filter_map(|one| one.last_failure).collect();
        all.join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kit.shutdown(Duration::from_millis(100));
    }
}
