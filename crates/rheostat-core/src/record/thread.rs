//! The thread a record happens on: a number and a name.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// The calling thread's number: given when first asked for, from 1, never reused.
pub fn thread_number() -> u64 {
    // The cell has no destructor, so it is there as long as the thread is.
    NUMBER.with(|number| {
        if number.get() == 0 {
            number.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        number.get()
    })
}

/// The name of a thread; its number where it has none.
#[derive(Clone, Debug)]
pub struct ThreadName {
    thread: std::thread::Thread,
    number: [u8; 20],
    digits: usize,
}

impl ThreadName {
    /// That of the calling thread.
    pub fn current() -> Self {
        let mut number = [0; 20];
        let mut rest = thread_number();
        let mut digits = 0;
        while rest > 0 {
            digits += 1;
            number[20 - digits] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        Self {
            thread: std::thread::current(),
            number,
            digits,
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        match self.thread.name() {
            Some(name) => name,
            None => std::str::from_utf8(&self.number[20 - self.digits..]).unwrap_or(""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ThreadName, thread_number};

    #[test]
    fn a_thread_without_a_name_is_known_by_its_number() {
        let seen = std::thread::spawn(|| {
            (
                thread_number().to_string(),
                ThreadName::current().as_str().to_owned(),
            )
        });
        let (number, shown) = seen.join().expect("the thread ends well");
        assert_eq!(shown, number);
    }

    #[test]
    fn a_named_thread_is_known_by_its_name() {
        let thread = std::thread::Builder::new().name("worker-7".to_owned());
        let seen = thread.spawn(|| ThreadName::current().as_str().to_owned());
        let seen = seen.expect("a thread starts").join();
        assert_eq!(seen.expect("the thread ends well"), "worker-7");
    }
}
