//! A stack to which any thread adds without waiting, and which is taken as a whole.
//!
//! Threads that end while somebody sweeps leave their chains on one, outputs leave with a span on
//! another what is to go when it closes, and replaced tables wait on a third. A thread that is gone
//! after a `fork` can have left none of them locked.

#[cfg(all(loom, test))]
mod model;

use std::iter;
use std::ptr;

use crate::sync::{AtomicPtr, Ordering};

/// Things that wait to be taken, the newest first.
#[derive(Debug)]
pub(crate) struct Stack<T>(AtomicPtr<Node<T>>);

#[derive(Debug)]
struct Node<T> {
    thing: T,
    next: *mut Self,
}

impl<T> Stack<T> {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Adds something. Never waits.
    pub(crate) fn push(&self, thing: T) {
        let next = self.0.load(Ordering::Relaxed);
        let node = Box::into_raw(Box::new(Node { thing, next }));
        let mut seen = next;
        // Release: who takes the node sees what is in it. Nothing is ever taken from the
        // middle, so a head that comes back is no danger.
        while let Err(other) =
            self.0
                .compare_exchange(seen, node, Ordering::Release, Ordering::Relaxed)
        {
            seen = other;
            // SAFETY: the node is ours until the exchange succeeds.
            unsafe { (*node).next = other };
        }
    }

    /// Takes everything; what is not asked for is dropped with the answer.
    #[inline]
    pub(crate) fn take(&self) -> Taken<T> {
        // Most are empty when they are asked, and then nobody's line is written to.
        if self.0.load(Ordering::Relaxed).is_null() {
            return Taken(ptr::null_mut());
        }
        Taken(self.0.swap(ptr::null_mut(), Ordering::Acquire))
    }
}

impl<T> Drop for Stack<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// What was taken off a stack.
#[derive(Debug)]
pub(crate) struct Taken<T>(*mut Node<T>);

impl<T> Iterator for Taken<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: made by `Box::into_raw`, and whoever swaps the head out owns all behind it.
        let node = unsafe { Box::from_raw(self.0) };
        self.0 = node.next;
        Some(node.thing)
    }
}

impl<T> Drop for Taken<T> {
    fn drop(&mut self) {
        iter::from_fn(|| self.next()).for_each(drop);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_many_threads_add_is_all_taken_once() {
        let stack = Stack::new();
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| (0..100).for_each(|number| stack.push(number)));
            }
        });
        assert_eq!(stack.take().count(), 800);
        assert_eq!(stack.take().count(), 0);
    }

    #[test]
    fn what_nobody_asks_for_is_dropped() {
        let thing = Arc::new(());
        let stack = Stack::new();
        stack.push(thing.clone());
        stack.push(thing.clone());
        drop(stack.take());
        assert_eq!(Arc::strong_count(&thing), 1);
        stack.push(thing.clone());
        drop(stack);
        assert_eq!(Arc::strong_count(&thing), 1);
    }
}
