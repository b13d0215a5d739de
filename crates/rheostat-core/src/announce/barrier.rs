//! The heavy barrier: the writer's half of an announcement.

use std::sync::OnceLock;

use crate::sync::{Ordering, fence};

/// Who pays for the order between a reader's store and its next load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Barrier {
    /// The writer, by asking the system to fence every running thread.
    Membarrier,
    /// Every reader.
    Fence,
}

impl Barrier {
    /// What this process uses; registered with the system at the first call.
    pub(super) fn of_this_process() -> Self {
        static CHOSEN: OnceLock<Barrier> = OnceLock::new();
        *CHOSEN.get_or_init(|| match register() {
            true => Self::Membarrier,
            false => Self::Fence,
        })
    }

    /// Orders what this thread did before against what every reader does next.
    ///
    /// `false` where the system broke its word; nothing may then be concluded.
    pub(super) fn issue(self) -> bool {
        fence(Ordering::SeqCst);
        match self {
            Self::Fence => true,
            Self::Membarrier => {
                let done = expedited();
                // The system's barrier is one for this thread too; this is for the compiler.
                fence(Ordering::SeqCst);
                done
            }
        }
    }
}

#[cfg(all(target_os = "linux", not(loom), not(miri)))]
fn register() -> bool {
    use rustix::thread::{MembarrierCommand, MembarrierQuery, membarrier, membarrier_query};

    membarrier_query().contains(MembarrierQuery::PRIVATE_EXPEDITED)
        && membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
}

#[cfg(all(target_os = "linux", not(loom), not(miri)))]
fn expedited() -> bool {
    use rustix::thread::{MembarrierCommand, membarrier};

    // A forked child may have to register again, else EPERM.
    membarrier(MembarrierCommand::PrivateExpedited).is_ok()
        || (membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
            && membarrier(MembarrierCommand::PrivateExpedited).is_ok())
}

#[cfg(not(all(target_os = "linux", not(loom), not(miri))))]
fn register() -> bool {
    false
}

#[cfg(not(all(target_os = "linux", not(loom), not(miri))))]
fn expedited() -> bool {
    false
}
