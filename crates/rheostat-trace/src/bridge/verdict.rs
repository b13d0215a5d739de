//! What was decided about the span that opens now on this thread.
//!
//! The output judges a span with its values; the filter and the layer are asked
//! right after, on the same thread, without values. The verdict waits here in
//! between. It names the callsite it is for, so that one which nothing followed
//! can never be taken for another span's.

use std::cell::RefCell;
use std::sync::Arc;

use tracing_core::callsite::Identifier;

use crate::shipped::Shipped;

thread_local! {
    static VERDICT: RefCell<Option<(Identifier, Arc<Shipped>)>> = const { RefCell::new(None) };
}

/// A span of this callsite opens now on this thread, and is shipped, or is not.
pub(crate) fn announce(callsite: Identifier, shipped: Option<Arc<Shipped>>) {
    let verdict = shipped.map(|shipped| (callsite, shipped));
    // Replaced outside the borrow: dropping the old one may do anything.
    let old = VERDICT.try_with(|held| held.replace(verdict));
    drop(old);
}

/// Whether the span of this callsite that opens now is shipped.
pub(super) fn is_announced(callsite: &Identifier) -> bool {
    VERDICT
        .try_with(|held| held.borrow().as_ref().is_some_and(|(of, _)| of == callsite))
        .unwrap_or(false)
}

/// Takes the verdict: the span of this callsite is here.
pub(super) fn take(callsite: &Identifier) -> Option<Arc<Shipped>> {
    let taken = VERDICT.try_with(|held| held.take()).ok().flatten()?;
    (taken.0 == *callsite).then_some(taken.1)
}
