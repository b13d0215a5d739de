//! Whether this process is a fork of the one that started the drainer.
//!
//! Threads do not survive a fork: in the child nobody drains a ring, and locks
//! may be held for ever. So the child writes into no ring and takes no lock of
//! ours. The flag lies in a page that the system wipes in a child; where it
//! cannot, the process id is compared at cold places.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// True in the process that armed the flag.
static PARENT: AtomicBool = AtomicBool::new(true);
/// The flag asked on the hot path: `PARENT`, or one in a page that is wiped.
static FLAG: AtomicPtr<AtomicBool> = AtomicPtr::new((&raw const PARENT).cast_mut());
/// The process that armed the flag; 0 before.
static OWNER: AtomicU32 = AtomicU32::new(0);

/// Remembers this process as the one whose threads deliver; whoever was first stays it.
///
/// Called by whoever starts such threads, before [`in_child`] can mean anything.
pub fn watch_forks() {
    let pid = std::process::id();
    let first = OWNER.compare_exchange(0, pid, Ordering::Relaxed, Ordering::Relaxed);
    if first.is_ok()
        && let Some(flag) = wiped_flag()
    {
        FLAG.store(flag, Ordering::Release);
    }
}

/// Whether this is a forked child; two loads.
#[inline]
pub fn in_child() -> bool {
    // SAFETY: the pointer is to a static or to a page that is never unmapped,
    // and a wiped page reads as `false`.
    let flag = unsafe { &*FLAG.load(Ordering::Acquire) };
    !flag.load(Ordering::Relaxed)
}

/// The same for cold places, right even where pages cannot be wiped; only there does it ask the system.
#[cold]
pub(crate) fn in_child_by_id() -> bool {
    if !std::ptr::eq(FLAG.load(Ordering::Relaxed), &raw const PARENT) {
        return in_child();
    }
    let owner = OWNER.load(Ordering::Relaxed);
    if owner != 0 && owner != std::process::id() {
        PARENT.store(false, Ordering::Relaxed);
        return true;
    }
    in_child()
}

/// A flag in a page of its own that reads as `false` in a child.
#[cfg(target_os = "linux")]
fn wiped_flag() -> Option<*mut AtomicBool> {
    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

    let len = 4096;
    // SAFETY: a fresh private mapping at an address of the system's choice.
    let page = unsafe {
        mmap_anonymous(
            std::ptr::null_mut(),
            len,
            ProtFlags::READ | ProtFlags::WRITE,
            MapFlags::PRIVATE,
        )
    }
    .ok()?;
    // SAFETY: the range is the mapping just made.
    if unsafe { madvise(page, len, Advice::LinuxWipeOnFork) }.is_err() {
        // SAFETY: nothing points into the mapping yet.
        let _unmapped = unsafe { munmap(page, len) };
        return None;
    }
    let flag = page.cast::<AtomicBool>();
    // SAFETY: the page is writable, aligned and zeroed, which is a valid `AtomicBool`.
    unsafe { &*flag }.store(true, Ordering::Relaxed);
    Some(flag)
}

#[cfg(not(target_os = "linux"))]
fn wiped_flag() -> Option<*mut AtomicBool> {
    None
}
