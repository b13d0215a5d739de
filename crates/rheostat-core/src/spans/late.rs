//! The captured fields of a span: a chain of blobs, newest first.
//!
//! Readers follow it without a lock, inside an announcement. A chain that its
//! span let go of waits in limbo until every announcement made before has ended.

use std::ptr;

use crate::announce::Grace;
use crate::capture::Blob;
use crate::sync::{AtomicPtr, Ordering};

/// One blob of a chain.
#[derive(Debug)]
pub(super) struct Node<B = Blob> {
    blob: B,
    /// The one recorded before it. Never changes once the node can be found.
    older: *mut Self,
}

/// A chain that no span points at any more.
#[derive(Debug)]
pub(super) struct Chain<B = Blob>(*mut Node<B>);

// SAFETY: a chain owns its nodes, and they own what they hold.
unsafe impl<B: Send> Send for Chain<B> {}

/// Puts a blob before the others.
pub(super) fn push<B>(newest: &AtomicPtr<Node<B>>, blob: B) {
    let node = Box::into_raw(Box::new(Node {
        blob,
        older: newest.load(Ordering::Relaxed),
    }));
    loop {
        // SAFETY: the node is ours until the exchange below succeeds.
        let older = unsafe { (*node).older };
        // Release: who finds the node sees what is in it.
        match newest.compare_exchange(older, node, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            // SAFETY: as above.
            Err(other) => unsafe { (*node).older = other },
        }
    }
}

/// The nth blob, 0 being the newest.
///
/// # Safety
///
/// The caller must be inside an announcement that outlives `'a`.
pub(super) unsafe fn nth<'a, B>(newest: &AtomicPtr<Node<B>>, nth: usize) -> Option<&'a B> {
    // Acquire pairs with the release in `push`; older nodes were published before newer ones.
    let mut node = newest.load(Ordering::Acquire);
    for _ in 0..nth {
        // SAFETY: the caller keeps the chain from being freed.
        node = unsafe { node.as_ref() }?.older;
    }
    // SAFETY: as above.
    unsafe { node.as_ref() }.map(|node| &node.blob)
}

/// Takes the chain off a span that closes.
pub(super) fn take<B>(newest: &AtomicPtr<Node<B>>) -> Option<Chain<B>> {
    if newest.load(Ordering::Relaxed).is_null() {
        return None;
    }
    // Acquire pairs with the release in `push`.
    let taken = newest.swap(ptr::null_mut(), Ordering::Acquire);
    (!taken.is_null()).then_some(Chain(taken))
}

impl<B> Chain<B> {
    /// What was recorded, the latest first.
    pub(super) fn blobs(&self) -> impl Iterator<Item = &B> {
        // SAFETY: the chain owns its nodes.
        let mut node = unsafe { self.0.as_ref() };
        std::iter::from_fn(move || {
            let this = node?;
            // SAFETY: as above.
            node = unsafe { this.older.as_ref() };
            Some(&this.blob)
        })
    }
}

impl Chain {
    /// How many bytes were captured in it.
    pub(super) fn bytes(&self) -> usize {
        self.blobs().map(cost).sum()
    }
}

impl<B> Drop for Chain<B> {
    fn drop(&mut self) {
        let mut node = self.0;
        while !node.is_null() {
            // SAFETY: the chain owns its nodes, each made by `Box::into_raw` and
            // reached once.
            node = unsafe { Box::from_raw(node) }.older;
        }
    }
}

/// What one blob costs, its node included.
pub(super) fn cost(blob: &Blob) -> usize {
    blob.len() + size_of::<Node>()
}

/// This many chains wait, or as many as hold this many bytes, before a grace period begins for them.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 32 * 1024;

/// Chains that a reader may still be following.
#[derive(Debug)]
pub(super) struct Limbo {
    fresh: Vec<Chain>,
    fresh_bytes: usize,
    begun: Vec<(Grace, Vec<Chain>)>,
}

impl Limbo {
    pub(super) const fn new() -> Self {
        Self {
            fresh: Vec::new(),
            fresh_bytes: 0,
            begun: Vec::new(),
        }
    }

    /// Leaves a chain here; now and then frees what has waited long enough.
    pub(super) fn put(&mut self, chain: Chain, bytes: usize) {
        self.fresh.push(chain);
        self.fresh_bytes += bytes;
        if self.fresh.len() >= BATCH || self.fresh_bytes >= BATCH_BYTES {
            self.sweep();
        }
    }

    /// Takes over what waits elsewhere.
    pub(super) fn adopt(&mut self, other: &mut Self) {
        self.fresh.append(&mut other.fresh);
        self.begun.append(&mut other.begun);
        self.sweep();
    }

    /// Frees what nobody can be reading, and begins a grace period for the rest. Never blocks.
    pub(super) fn sweep(&mut self) {
        self.begun.retain_mut(|(grace, _)| !grace.is_over());
        self.fresh_bytes = 0;
        if !self.fresh.is_empty() {
            let chains = std::mem::take(&mut self.fresh);
            self.begun.push((Grace::begin(), chains));
        }
    }
}

impl Drop for Limbo {
    fn drop(&mut self) {
        // Chains whose readers were not seen to leave are not freed at all.
        std::mem::take(&mut self.fresh)
            .into_iter()
            .for_each(std::mem::forget);
        self.begun.retain_mut(|(grace, _)| !grace.is_over());
        for (_, chains) in self.begun.drain(..) {
            chains.into_iter().for_each(std::mem::forget);
        }
    }
}
