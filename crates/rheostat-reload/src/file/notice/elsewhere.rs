//! Notices by `notify`, for systems other than Linux.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::file::settle::{Act, Noticed};
use crate::file::trail::{Place, Trail};
use crate::source::Waker;

/// The folders of one trail, watched.
pub(crate) struct Notices {
    watcher: Option<RecommendedWatcher>,
    inbox: Arc<Inbox>,
    folders: HashSet<PathBuf>,
    trouble: Option<io::Error>,
}

#[derive(Default)]
struct Inbox {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    events: Vec<notify::Event>,
    lost: bool,
    woken: bool,
}

/// More than a burst beside the file brings; beyond it, notices count as lost.
const MOST_EVENTS: usize = 4096;

impl Notices {
    /// No folder watched yet.
    pub(crate) fn new() -> Self {
        let inbox = Arc::<Inbox>::default();
        let sent = Arc::clone(&inbox);
        let watcher = notify::recommended_watcher(move |event| sent.take(event));
        let (watcher, trouble) = match watcher {
            Ok(watcher) => (Some(watcher), None),
            Err(error) => (None, Some(io_error(error))),
        };
        Self {
            watcher,
            inbox,
            folders: HashSet::new(),
            trouble,
        }
    }

    /// Watches exactly the folders of this trail.
    pub(crate) fn watch(&mut self, trail: &Trail) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let folders: HashSet<PathBuf> = trail.folders().map(Path::to_owned).collect();
        for gone in self.folders.difference(&folders) {
            // A folder that was deleted is no longer watched anyway.
            let _ = watcher.unwatch(gone);
        }
        for new in folders.difference(&self.folders) {
            if let Err(error) = watcher.watch(new, RecursiveMode::NonRecursive)
                && new.is_dir()
            {
                self.trouble = Some(io_error(error));
            }
        }
        self.folders = folders;
    }

    /// Why nothing, or not all, can be noticed; told once.
    pub(crate) fn trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }

    /// Takes what was noticed since the last call; never waits.
    pub(crate) fn drain(&mut self, trail: &Trail) -> Noticed {
        let (events, lost) = {
            let mut state = self.inbox.lock();
            (
                std::mem::take(&mut state.events),
                std::mem::take(&mut state.lost),
            )
        };
        let mut noticed = Noticed {
            changed: lost,
            lost,
            ..Noticed::default()
        };
        for event in &events {
            note(&mut noticed, event, trail);
        }
        if noticed.moved {
            // A folder that came back has a new watch only if the old one is forgotten.
            self.folders.retain(|folder| folder.is_dir());
        }
        noticed
    }

    /// Waits for the time to pass, a wake-up, or, if `listen`, a notice. Whether it was a wake-up.
    pub(crate) fn wait(&self, limit: Duration, listen: bool) -> bool {
        let idle = |state: &mut State| !(state.woken || listen && state.has_news());
        let (mut state, _) = self
            .inbox
            .arrived
            .wait_timeout_while(self.inbox.lock(), limit, idle)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.woken)
    }

    /// Ends a wait in progress, or the next one.
    pub(crate) fn waker(&self) -> Waker {
        let inbox = Arc::clone(&self.inbox);
        Waker::new(move || {
            inbox.lock().woken = true;
            inbox.arrived.notify_all();
        })
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices")
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}

impl Inbox {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called on `notify`'s own thread.
    fn take(&self, event: notify::Result<notify::Event>) {
        let Ok(event) = event else {
            self.lock().lost = true;
            self.arrived.notify_all();
            return;
        };
        let reads = matches!(
            event.kind,
            EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write)
        );
        if reads {
            return;
        }
        let mut state = self.lock();
        if state.events.len() < MOST_EVENTS {
            state.events.push(event);
        } else {
            state.lost = true;
        }
        drop(state);
        self.arrived.notify_all();
    }
}

impl State {
    fn has_news(&self) -> bool {
        self.lost || !self.events.is_empty()
    }
}

fn note(noticed: &mut Noticed, event: &notify::Event, trail: &Trail) {
    noticed.changed = true;
    noticed.lost |= event.need_rescan();
    let place = |path: &PathBuf| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => trail.place_of(folder, name),
        _ => Place::Beside,
    };
    let places: Vec<Place> = event.paths.iter().map(place).collect();
    let on_trail = places.iter().any(|place| *place != Place::Beside);
    let is_folder = event
        .paths
        .iter()
        .any(|path| trail.folders().any(|folder| folder == path));
    let names = matches!(
        event.kind,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
    );
    noticed.moved |= names && (on_trail || is_folder);
    // Only a close is told apart: not every system has one, so a write is no promise of one either.
    if event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write))
        && places.contains(&Place::End)
    {
        noticed.act = Some(Act::Saved);
    }
}

fn io_error(error: notify::Error) -> io::Error {
    match error.kind {
        notify::ErrorKind::Io(cause) => cause,
        _ => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_file_renamed_into_place_is_noticed() {
        let root = std::env::temp_dir().join(format!("rheostat-notify-{}", std::process::id()));
        std::fs::create_dir_all(&root).expect("a folder");
        let root = std::fs::canonicalize(root).expect("it exists");
        let path = root.join("p.toml");
        std::fs::write(&path, "version = 1").expect("written");
        let mut notices = Notices::new();
        let trail = Trail::follow(&path);
        notices.watch(&trail);
        assert!(notices.trouble().is_none());

        std::fs::write(root.join("new"), "version = 1 # new").expect("written");
        std::fs::rename(root.join("new"), &path).expect("renamed");
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut noticed = Noticed::default();
        while !noticed.moved && Instant::now() < deadline {
            notices.wait(Duration::from_millis(100), true);
            noticed.moved |= notices.drain(&trail).moved;
        }
        assert!(noticed.moved);
        std::fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn a_waker_ends_a_wait() {
        let notices = Notices::new();
        notices.waker().wake();
        assert!(notices.wait(Duration::from_secs(60), true));
    }
}
