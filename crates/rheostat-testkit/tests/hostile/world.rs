//! A program under Rheostat: a counter and two streams, of which one goes to a file that is read back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::engine::Engine;
use rheostat_core::ledger::Cause;
use rheostat_testkit::process::on_every_mount;
use rheostat_testkit::{Kit, Mount, Outputs};
use tempfile::TempDir;
use tracing_core::Dispatch;

/// Long enough for any machine; nothing waits this long where all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What stands in the policy of every test.
const POLICY: &str = r#"
[[rules]]
name = "counted"
match = { target = "app", event = "*" }
count = { metric = "records_total" }

[[rules]]
name = "kept"
match = { target = "app", event = "*" }
stream = { sink = "kept" }
"#;

/// A program under Rheostat.
pub(crate) struct World {
    pub(crate) kit: Kit,
    pub(crate) mount: Mount,
    folder: TempDir,
}

/// Runs a test, by its own name, on every mount, with these additions to the policy.
///
/// `{folder}` in the policy stands for a folder of the test's own.
pub(crate) fn hostile(name: &str, more: &str, body: impl FnOnce(&World)) {
    hostile_in(name, more, Mount::dispatch, body);
}

/// The same in mounts that the test makes itself.
pub(crate) fn hostile_in(
    name: &str,
    more: &str,
    dispatch: impl FnOnce(Mount, Arc<Engine<Outputs>>) -> Dispatch,
    body: impl FnOnce(&World),
) {
    on_every_mount(name, PATIENCE * 3, |mount| {
        let world = World::new(mount, dispatch);
        world.apply(more);
        body(&world);
    });
}

impl World {
    fn new(mount: Mount, dispatch: impl FnOnce(Mount, Arc<Engine<Outputs>>) -> Dispatch) -> Self {
        let kit = Kit::new(rheostat_sink_local::all());
        let dispatch = dispatch(mount, kit.engine().clone());
        tracing_core::dispatcher::set_global_default(dispatch).expect("nothing is installed yet");
        kit.engine().installed();
        Self {
            kit,
            mount,
            folder: TempDir::new().expect("a folder can be made"),
        }
    }

    /// Puts a policy in force: the usual one, with this after its sinks.
    pub(crate) fn apply(&self, more: &str) {
        let folder = self
            .folder
            .path()
            .to_str()
            .expect("a temporary path is a text");
        let sinks = "version = 1\n[sinks.kept]\ntype = 'file'\npath = '{folder}/kept'\n";
        self.kit
            .must_apply(&format!("{sinks}{more}{POLICY}").replace("{folder}", folder));
    }

    /// A path in the test's own folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for all sinks.
    pub(crate) fn flush(&self) {
        let report = self.kit.flush(PATIENCE);
        assert!(
            report.waiting.is_empty(),
            "left after {PATIENCE:?}: {report:?}"
        );
    }

    /// How many records came to this end on their way to the file.
    pub(crate) fn kept(&self, cause: Cause) -> u64 {
        self.kit.ended("kept", "kept", cause)
    }

    /// The numbers of the records in the file, in their order.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let text = std::fs::read_to_string(self.path("kept")).expect("the sink made the file");
        text.lines().filter_map(number_of).collect()
    }

    /// All these records were counted and are in the file, and no others.
    pub(crate) fn assert_all_kept(&self, records: u64) {
        self.flush();
        assert_eq!(self.kit.counter("records_total", &[]), records);
        let mut numbers = self.numbers();
        numbers.sort_unstable();
        assert!(
            numbers.iter().copied().eq(0..records),
            "of {records} there are {numbers:?}"
        );
        assert_eq!(self.kept(Cause::Delivered), records);
        let kept = self.kit.asked("kept", "kept");
        assert_eq!(kept, records, "the ledger sums to what fired");
    }
}

/// The field `number` of a line of JSON.
pub(crate) fn number_of(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("\"number\":")?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}
