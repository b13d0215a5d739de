//! Things that entries name by number: given out, given back, and freed only
//! when no entry can name them any more.
//!
//! An entry that names a number was written before the number was given back.
//! So a pass of the drainer that began after that has read the last of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A table of shared things by number.
#[derive(Debug)]
pub(crate) struct Registry<T: ?Sized> {
    inner: Mutex<Inner<T>>,
}

#[derive(Debug)]
struct Inner<T: ?Sized> {
    slots: Vec<Option<Arc<T>>>,
    free: Vec<u32>,
    retired: Vec<u32>,
}

impl<T: ?Sized> Registry<T> {
    pub(crate) const fn new() -> Self {
        Self {
            inner: Mutex::new(Inner {
                slots: Vec::new(),
                free: Vec::new(),
                retired: Vec::new(),
            }),
        }
    }

    pub(crate) fn insert(&self, thing: Arc<T>) -> u32 {
        let mut inner = self.lock();
        if let Some(number) = inner.free.pop() {
            inner.slots[number as usize] = Some(thing);
            return number;
        }
        inner.slots.push(Some(thing));
        (inner.slots.len() - 1) as u32
    }

    pub(crate) fn get(&self, number: u32) -> Option<Arc<T>> {
        self.lock().slots.get(number as usize).cloned().flatten()
    }

    /// Says that no entry will name the number from now on.
    pub(crate) fn retire(&self, number: u32) {
        self.lock().retired.push(number);
    }

    /// Those given back so far, for a pass that is about to begin.
    pub(crate) fn take_retired(&self) -> Vec<u32> {
        std::mem::take(&mut self.lock().retired)
    }

    /// Frees what `take_retired` gave before the pass that has ended.
    pub(crate) fn free(&self, numbers: &[u32]) {
        if numbers.is_empty() {
            return;
        }
        let mut dropped = Vec::with_capacity(numbers.len());
        {
            let mut inner = self.lock();
            for number in numbers {
                dropped.push(inner.slots[*number as usize].take());
                inner.free.push(*number);
            }
        }
        // Dropped outside of the lock: a thing may hold much.
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_given_again_only_after_it_was_freed() {
        let registry = Registry::new();
        let first = registry.insert(Arc::new("a"));
        registry.retire(first);
        let retired = registry.take_retired();
        assert_eq!(registry.get(first).as_deref(), Some(&"a"));
        assert_ne!(registry.insert(Arc::new("b")), first);
        registry.free(&retired);
        assert_eq!(registry.get(first), None);
        assert_eq!(registry.insert(Arc::new("c")), first);
    }
}
