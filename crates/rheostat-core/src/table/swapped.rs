//! One pointer that is read inside announcements and replaced from outside.

use std::ptr;

use crate::announce::{Grace, Protection};
use crate::sync::{AtomicPtr, Ordering};

/// A value that is replaced as a whole while others read it.
#[derive(Debug)]
pub(crate) struct Swapped<T> {
    // Invariant: made by `Box::into_raw`, and freed only through `Retired`.
    current: AtomicPtr<T>,
}

impl<T> Swapped<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            current: AtomicPtr::new(Box::into_raw(Box::new(value))),
        }
    }

    /// The present value, as long as the announcement lasts.
    #[inline]
    pub(crate) fn get<'a>(&'a self, _protection: &'a impl Protection) -> &'a T {
        // SAFETY: the pointer is loaded inside an announcement that lasts for
        // `'a`; what it points at is freed only when every announcement made
        // before it was replaced has ended.
        unsafe { &*self.current.load(Ordering::Acquire) }
    }

    /// Replaces the value. The old one waits for its readers.
    pub(crate) fn swap(&self, value: T) -> Retired<T> {
        Retired::begin(self.exchange(value))
    }

    /// Replaces the value if it is still that one.
    pub(crate) fn replace(&self, was: &T, value: T) -> Option<Retired<T>> {
        self.exchange_if(was, value).map(Retired::begin)
    }

    /// The value before, which may still be read.
    pub(super) fn exchange(&self, value: T) -> *mut T {
        let value = Box::into_raw(Box::new(value));
        // Release: who finds the new value sees what is in it. Acquire: another thread may have put the old
        // one there, and whoever retires it looks into it.
        self.current.swap(value, Ordering::AcqRel)
    }

    /// The same, if that was it.
    pub(super) fn exchange_if(&self, was: &T, value: T) -> Option<*mut T> {
        let was = ptr::from_ref(was).cast_mut();
        let value = Box::into_raw(Box::new(value));
        // Release: as above. The old value is the one that the caller has been reading.
        match self
            .current
            .compare_exchange(was, value, Ordering::Release, Ordering::Relaxed)
        {
            Ok(old) => Some(old),
            Err(_) => {
                // SAFETY: nobody has seen it.
                drop(unsafe { Box::from_raw(value) });
                None
            }
        }
    }
}

impl<T> Drop for Swapped<T> {
    fn drop(&mut self) {
        // Relaxed: `&mut self` comes after whatever anybody did through `&self`.
        // SAFETY: made by `Box::into_raw`; nobody can be reading through `&self` any more.
        drop(unsafe { Box::from_raw(self.current.load(Ordering::Relaxed)) });
    }
}

/// A value that was replaced, and may still be read.
#[derive(Debug)]
pub(crate) struct Retired<T> {
    value: *mut T,
    grace: Grace,
}

// SAFETY: it owns the value, and shares it with readers on other threads.
unsafe impl<T: Send + Sync> Send for Retired<T> {}

impl<T> Retired<T> {
    fn begin(value: *mut T) -> Self {
        Self {
            value,
            grace: Grace::begin(),
        }
    }

    /// The value, which is still there.
    pub(crate) fn value(&self) -> &T {
        // SAFETY: it is freed only by `reclaim`, which takes `self`.
        unsafe { &*self.value }
    }

    /// The value, if nobody can be reading it any more.
    pub(crate) fn reclaim(mut self) -> Result<Box<T>, Self> {
        if !self.grace.is_over() {
            return Err(self);
        }
        // SAFETY: it was unlinked before the grace period began, and that is over.
        Ok(unsafe { Box::from_raw(self.value) })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::announce;

    /// Wiped when dropped, so that a reader of freed memory would see it.
    struct Wiped(Vec<u64>);

    impl Drop for Wiped {
        fn drop(&mut self) {
            self.0.fill(0);
        }
    }

    fn value(round: u64) -> Wiped {
        Wiped(vec![round + 1; 32])
    }

    #[test]
    fn readers_see_whole_values_while_they_are_replaced_and_freed() {
        const READERS: usize = 4;
        let swapped = Swapped::new(value(0));
        let stop = AtomicBool::new(false);
        // However busy the machine is, every reader has begun before the first swap.
        let begun = Barrier::new(READERS + 1);
        let mut waiting = Vec::new();
        let mut freed = 0;
        thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(|| {
                    begun.wait();
                    while !stop.load(Ordering::Relaxed) {
                        let announced = announce::enter();
                        let value = swapped.get(&announced);
                        assert_ne!(value.0[0], 0);
                        assert!(value.0.iter().all(|number| *number == value.0[0]));
                    }
                });
            }
            begun.wait();
            for round in 1..3_000 {
                waiting.push(swapped.swap(value(round)));
                for retired in std::mem::take(&mut waiting) {
                    match retired.reclaim() {
                        Ok(_) => freed += 1,
                        Err(still) => waiting.push(still),
                    }
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        // Nobody reads these any more, but threads of other tests may have been inside announcements
        // when they were replaced, and may not have had a turn since.
        let since = Instant::now();
        while let Some(retired) = waiting.pop() {
            match retired.reclaim() {
                Ok(_) => freed += 1,
                Err(still) => waiting.push(still),
            }
            assert!(
                since.elapsed() < Duration::from_secs(30),
                "it is never freed"
            );
            thread::yield_now();
        }
        assert_eq!(freed, 2_999);
    }
}
