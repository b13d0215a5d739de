//! One policy file in a fresh folder, watched; and the tools that save it, as child processes.
#![allow(dead_code, reason = "each test file uses the part that it needs")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rheostat_reload::{FileSource, Reloader, Source as _, Text, Watcher, WatcherOptions};

pub(crate) const OLD: &str = "version = 1 # old\n";
pub(crate) const NEW: &str = "version = 1 # new\nlast = true\n";

/// Long enough for a busy machine; only a failure takes it.
const DEADLINE: Duration = Duration::from_secs(30);

/// How the policy's path is given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given {
    /// The file itself.
    Plain,
    /// A symlink in another folder.
    Symlink,
    /// Through a folder that is a symlink.
    SymlinkedFolder,
}

pub(crate) const ALL: [Given; 3] = [Given::Plain, Given::Symlink, Given::SymlinkedFolder];

/// A watched policy file.
pub(crate) struct Watched {
    pub(crate) root: PathBuf,
    /// The real file.
    pub(crate) file: PathBuf,
    /// The path that the watcher was given.
    pub(crate) given: PathBuf,
    pub(crate) reloader: Arc<Reloader<String>>,
    seen: Arc<Seen>,
    watcher: Option<Watcher>,
}

#[derive(Default)]
struct Seen {
    log: Mutex<Log>,
    changed: Condvar,
}

#[derive(Default)]
struct Log {
    texts: Vec<String>,
    told: Vec<String>,
}

impl Watched {
    /// A folder with a policy, its path given this way, and a watcher that has read it.
    pub(crate) fn new(given: Given) -> Self {
        Self::of(given, |root| {
            fs::create_dir(root.join("conf")).expect("a folder");
            fs::write(root.join("conf/p.toml"), OLD).expect("a policy");
            root.join("conf/p.toml")
        })
    }

    /// The same with a layout of the test's own, which says where the file is.
    pub(crate) fn of(given: Given, lay_out: impl FnOnce(&Path) -> PathBuf) -> Self {
        let root = fresh_folder();
        let file = lay_out(&root);
        let folder = file.parent().expect("it is in a folder");
        let name = file.file_name().expect("it has a name");
        fs::create_dir(root.join("etc")).expect("a folder");
        let given = match given {
            Given::Plain => file.clone(),
            Given::Symlink => {
                let link = root.join("etc/policy.toml");
                symlink(&file, &link).expect("a link");
                link
            }
            Given::SymlinkedFolder => {
                symlink(folder, root.join("etc/conf")).expect("a link");
                root.join("etc/conf").join(name)
            }
        };
        Self::start(root, file, given)
    }

    fn start(root: PathBuf, file: PathBuf, given: PathBuf) -> Self {
        let seen = Arc::<Seen>::default();
        let mut generation = 0;
        let log = Arc::clone(&seen);
        let reloader = Arc::new(Reloader::new(move |text: &Text| {
            let text = String::from_utf8_lossy(&text.bytes).into_owned();
            let refused = !text.starts_with("version = 1") || text.contains("wrong");
            log.add(|log| log.texts.push(text));
            generation += 1;
            if refused {
                Err("it is wrong".to_owned())
            } else {
                Ok(generation)
            }
        }));
        let mut source = FileSource::new(&given).expect("an absolute path");
        if let Ok(text) = source.read() {
            reloader.offer(&text);
        }
        let told = Arc::clone(&seen);
        let options = WatcherOptions {
            on_thread_start: || {},
            tell: Arc::new(move |line| told.add(|log| log.told.push(line.to_owned()))),
        };
        let watcher = Watcher::start(source, Arc::clone(&reloader), options).expect("a thread");
        Self {
            root,
            file,
            given,
            reloader,
            seen,
            watcher: Some(watcher),
        }
    }

    /// Waits until the text in force is this one.
    pub(crate) fn expect(&self, text: &str) {
        self.wait_until(
            |log| log.texts.last().is_some_and(|last| last == text),
            text,
        );
    }

    /// Waits until a line was told that contains this.
    pub(crate) fn expect_told(&self, part: &str) {
        self.wait_until(|log| log.told.iter().any(|line| line.contains(part)), part);
    }

    /// Waits until the status satisfies this.
    pub(crate) fn expect_status(&self, holds: impl Fn(&rheostat_reload::Status) -> bool) {
        let end = Instant::now() + DEADLINE;
        while !holds(&self.reloader.status()) {
            assert!(Instant::now() < end, "{:?}", self.reloader.status());
            std::thread::yield_now();
        }
    }

    /// Every text that was offered to be applied, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.seen.log.lock().expect("no panic inside").texts.clone()
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.seen.log.lock().expect("no panic inside").told.clone()
    }

    /// No text but whole ones was ever offered.
    pub(crate) fn assert_only(&self, allowed: &[&str]) {
        let texts = self.texts();
        assert!(
            texts.iter().all(|text| allowed.contains(&text.as_str())),
            "{texts:?}"
        );
        assert_eq!(self.told(), [""; 0]);
    }

    pub(crate) fn stop(&mut self) {
        self.watcher = None;
    }

    fn wait_until(&self, holds: impl Fn(&Log) -> bool, what: &str) {
        let log = self.seen.log.lock().expect("no panic inside");
        let (log, timeout) = self
            .seen
            .changed
            .wait_timeout_while(log, DEADLINE, |log| !holds(log))
            .expect("no panic inside");
        assert!(
            !timeout.timed_out(),
            "waited for {what:?}; saw {:?}, told {:?}",
            log.texts,
            log.told
        );
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watcher = None;
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Seen {
    fn add(&self, change: impl FnOnce(&mut Log)) {
        change(&mut self.log.lock().expect("no panic inside"));
        self.changed.notify_all();
    }
}

/// A folder of this test's own, by its real path.
pub(crate) fn fresh_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let root = std::env::temp_dir().join(format!("rheostat-reload-{}-{count}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a fresh folder");
    fs::canonicalize(root).expect("it exists")
}

/// Runs a shell script, with `$F` the real file, `$G` the given path, `$D` the real file's folder, `$R` the folder of all
/// that, `$OLD` the text in force and `$NEW` the new one.
pub(crate) fn sh(watched: &Watched, script: &str) {
    let folder = watched.file.parent().expect("it is in a folder");
    run(Command::new("sh")
        .args(["-euc", script])
        .env("F", &watched.file)
        .env("G", &watched.given)
        .env("D", folder)
        .env("R", &watched.root)
        .env("OLD", OLD)
        .env("NEW", NEW));
}

/// Runs a command to its end; it must succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("the tool starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// Whether a tool is installed. CI installs all of them, so there a missing one is a failure; by hand it is named.
pub(crate) fn has(test: &str, tool: &str, install: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join(OsStr::new(tool)).exists()) {
        return true;
    }
    let line = format!("{test}: {install}\n");
    assert!(
        std::env::var_os("CI").is_none(),
        "CI skips nothing, and this is missing: {line}"
    );
    let mut said = std::io::stderr();
    said.write_all(format!("SKIP {line}").as_bytes())
        .expect("stderr");
    if let Some(account) = std::env::var_os("RHEOSTAT_SKIPPED") {
        let file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(account);
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("the account of skipped tests can be written");
    }
    false
}
