//! Open spans: slots that are reused, numbers that are not.
//!
//! Every span that is kept, in whatever mount, has a slot in one slab of the
//! process. A key is the slot's position and the generation in which it was
//! taken; a stale or foreign key finds nothing. A child holds its parent. All
//! that readers see is atomic; captured fields hang on the slot as a chain of
//! blobs, newest first, which is freed when nobody can be reading it. What an output
//! leaves with a span goes when it closes, whatever policy is in force then.
//!
//! ```text
//! key ─▶ page ─▶ slot ── parent key
//!                 ├─ generation, holders
//!                 ├─ stamps and counts
//!                 ├─▶ what outputs left
//!                 └─▶ late blob ─▶ blob given at open
//! ```

mod ids;
mod late;
#[cfg_attr(loom, path = "spans/magazine_direct.rs")]
mod magazine;
#[cfg(all(loom, test))]
mod model;
mod page;
mod pin;
mod slab;
mod slot;

pub(crate) use ids::InnerIds;
pub(crate) use slab::{Released, Slab, most_bytes};
pub(crate) use slot::{GENERATIONS, Key, Measure, Opening, Slot};

use magazine::Magazines;

#[cfg(not(loom))]
static ALL: Slab = Slab::new();

/// The slab of this process.
#[cfg(not(loom))]
#[inline]
pub(crate) fn all() -> &'static Slab {
    &ALL
}

/// The slab of this process; a model makes its own.
#[cfg(loom)]
pub(crate) fn all() -> &'static Slab {
    static ALL: std::sync::OnceLock<Slab> = std::sync::OnceLock::new();
    ALL.get_or_init(Slab::new)
}
