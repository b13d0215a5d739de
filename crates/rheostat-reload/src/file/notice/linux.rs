//! Notices by `inotify`: one instance, one watch a folder, one eventfd to end a wait.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

use crate::file::settle::{Act, Noticed};
use crate::file::trail::{Place, Trail};
use crate::source::Waker;

const EVENTS: WatchFlags = WatchFlags::ATTRIB
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::EXCL_UNLINK)
    .union(WatchFlags::ONLYDIR);

const NAMES: ReadFlags = ReadFlags::CREATE
    .union(ReadFlags::DELETE)
    .union(ReadFlags::MOVED_FROM)
    .union(ReadFlags::MOVED_TO);

/// The folder itself went elsewhere, or is watched no more.
const FOLDER: ReadFlags = ReadFlags::DELETE_SELF
    .union(ReadFlags::MOVE_SELF)
    .union(ReadFlags::IGNORED)
    .union(ReadFlags::UNMOUNT);

/// The folders of one trail, watched.
pub(crate) struct Notices {
    inotify: Option<OwnedFd>,
    wake: Wake,
    folders: HashMap<i32, PathBuf>,
    trouble: Option<io::Error>,
}

/// Ends a wait: by a descriptor that can be polled, or, where there is none left, by a condition.
#[derive(Clone)]
enum Wake {
    Descriptor(Arc<OwnedFd>),
    Condition(Arc<(Mutex<bool>, Condvar)>),
}

impl Notices {
    /// No folder watched yet.
    pub(crate) fn new() -> Self {
        let (wake, no_wake) = match eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK) {
            Ok(fd) => (Wake::Descriptor(Arc::new(fd)), None),
            Err(errno) => (Wake::Condition(Arc::default()), Some(errno)),
        };
        let opened = match no_wake {
            Some(errno) => Err(errno),
            None => inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK),
        };
        Self {
            trouble: opened.as_ref().err().map(|errno| (*errno).into()),
            inotify: opened.ok(),
            wake,
            folders: HashMap::new(),
        }
    }

    /// Watches exactly the folders of this trail.
    pub(crate) fn watch(&mut self, trail: &Trail) {
        let Some(inotify) = &self.inotify else { return };
        let mut folders = HashMap::new();
        for folder in trail.folders() {
            match inotify::add_watch(inotify, folder, EVENTS) {
                Ok(watch) => {
                    folders.insert(watch, folder.to_owned());
                }
                // It went while the trail was followed; the next look follows it anew.
                Err(Errno::NOENT | Errno::NOTDIR) => {}
                Err(errno) => self.trouble = Some(errno.into()),
            }
        }
        for watch in self
            .folders
            .keys()
            .filter(|watch| !folders.contains_key(watch))
        {
            // The kernel drops the watch of a deleted folder by itself.
            let _ = inotify::remove_watch(inotify, *watch);
        }
        self.folders = folders;
    }

    /// Why nothing, or not all, can be noticed; told once.
    pub(crate) fn trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }

    /// Takes what was noticed since the last call; never waits.
    pub(crate) fn drain(&mut self, trail: &Trail) -> Noticed {
        let mut noticed = Noticed::default();
        let Some(inotify) = &self.inotify else {
            return noticed;
        };
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(inotify, &mut buffer);
        // Every error ends the drain: WOULDBLOCK means that there is no more, and after any other the poll
        // by content goes on looking.
        while let Ok(event) = reader.next() {
            let name = event
                .file_name()
                .map(|name| OsStr::from_bytes(name.to_bytes()));
            let folder = self.folders.get(&event.wd()).map(PathBuf::as_path);
            note(&mut noticed, event.events(), folder.zip(name), trail);
        }
        noticed
    }

    /// Waits for the time to pass, a wake-up, or, if `listen`, a notice. Whether it was a wake-up.
    pub(crate) fn wait(&self, limit: Duration, listen: bool) -> bool {
        let wake = match &self.wake {
            Wake::Descriptor(wake) => wake,
            Wake::Condition(condition) => return wait_condition(condition, limit),
        };
        let mut fds = vec![PollFd::new(wake, PollFlags::IN)];
        if let Some(inotify) = self.inotify.as_ref().filter(|_| listen) {
            fds.push(PollFd::new(inotify, PollFlags::IN));
        }
        let limit = Timespec {
            tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: limit.subsec_nanos().into(),
        };
        // Interrupted by a signal counts as time that passed: the caller looks at the clock again.
        let _ = poll(&mut fds, Some(&limit));
        let mut count = [0; 8];
        rustix::io::read(wake, &mut count).is_ok()
    }

    /// Ends a wait in progress, or the next one.
    pub(crate) fn waker(&self) -> Waker {
        let wake = self.wake.clone();
        Waker::new(move || match &wake {
            Wake::Descriptor(fd) => {
                // It can only fail when the counter is full, and then a wake-up is due already.
                let _ = rustix::io::write(fd, &1_u64.to_ne_bytes());
            }
            Wake::Condition(condition) => {
                *condition.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
                condition.1.notify_all();
            }
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

fn note(noticed: &mut Noticed, events: ReadFlags, at: Option<(&Path, &OsStr)>, trail: &Trail) {
    noticed.changed = true;
    noticed.lost |= events.contains(ReadFlags::QUEUE_OVERFLOW);
    noticed.moved |= events.intersects(FOLDER);
    let place = at.map_or(Place::Beside, |(folder, name)| trail.place_of(folder, name));
    if place == Place::Beside {
        return;
    }
    noticed.moved |= events.intersects(NAMES);
    let act = if events.contains(ReadFlags::MOVED_TO) {
        // Whatever has the name now was whole before: a file, or a symlink to one.
        Some(Act::Saved)
    } else if place == Place::End && events.contains(ReadFlags::CLOSE_WRITE) {
        Some(Act::Saved)
    } else if place == Place::End && events.contains(ReadFlags::MODIFY) {
        Some(Act::Written)
    } else {
        None
    };
    noticed.act = act.or(noticed.act);
}

fn wait_condition(condition: &(Mutex<bool>, Condvar), limit: Duration) -> bool {
    let woken = condition.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut woken, _) = condition
        .1
        .wait_timeout_while(woken, limit, |woken| !*woken)
        .unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *woken)
}
