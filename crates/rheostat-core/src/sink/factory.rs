//! Who makes sinks, and in what.

use std::path::{Path, PathBuf};

use rheostat_policy::Diagnostic;
use rheostat_policy::model::{self, CheckedPolicy};
use rheostat_policy::vocabulary::SinkDef;

use super::Sink;

/// Makes the sinks of one type.
pub trait SinkFactory: Send + Sync + 'static {
    /// The type's name, keys and texts.
    ///
    /// `takes` decides what a sink is handed: with `Events` or `Logs` batches
    /// of records, with `Metrics` reports.
    fn definition(&self) -> SinkDef;

    /// Makes a sink, with whatever it needs of this machine (files, directories) opened.
    ///
    /// Runs on the thread that applies a policy, outside of any runtime: it
    /// must not wait for a remote, and connects with the first batch. A remote
    /// that cannot be reached is no finding: such a sink starts as *down*.
    ///
    /// # Errors
    ///
    /// A finding at the sink's place in the policy, which is then not applied.
    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>>;
}

/// What a sink is made in.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The policy.
    pub policy: &'a CheckedPolicy,
}

impl Around<'_> {
    /// A path of the policy: relative ones start at the policy file's folder.
    pub fn path(&self, written: &str) -> PathBuf {
        let folder = Path::new(&*self.policy.source.name).parent();
        folder.unwrap_or(Path::new("")).join(written)
    }
}
