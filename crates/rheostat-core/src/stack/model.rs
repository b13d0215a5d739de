//! The stack under every interleaving.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::Stack;

/// Something of which the model notices when it is read without having been handed over.
struct Plain(UnsafeCell<u32>);

// SAFETY: models read it only after it was taken off a stack; that this suffices is what they test.
unsafe impl Send for Plain {}

fn number(plain: &Plain) -> u32 {
    // SAFETY: the model fails where anybody still writes.
    plain.0.with(|number| unsafe { *number })
}

#[test]
fn what_is_left_on_a_stack_is_taken_whole_and_once() {
    loom::model(|| {
        let stack = Arc::new(Stack::new());
        let leave = |number| {
            let stack = stack.clone();
            thread::spawn(move || stack.push(Plain(UnsafeCell::new(number))))
        };
        let (one, two) = (leave(1), leave(2));
        let mut taken: Vec<u32> = stack.take().map(|plain| number(&plain)).collect();
        one.join().unwrap();
        two.join().unwrap();
        taken.extend(stack.take().map(|plain| number(&plain)));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
        assert!(stack.take().next().is_none());
    });
}

#[test]
fn two_that_take_at_once_share_what_was_left() {
    loom::model(|| {
        let stack = Arc::new(Stack::new());
        stack.push(Plain(UnsafeCell::new(1)));
        let other = {
            let stack = stack.clone();
            thread::spawn(move || {
                stack.push(Plain(UnsafeCell::new(2)));
                stack.take().map(|plain| number(&plain)).collect::<Vec<_>>()
            })
        };
        let mut taken: Vec<u32> = stack.take().map(|plain| number(&plain)).collect();
        taken.extend(other.join().unwrap());
        taken.extend(stack.take().map(|plain| number(&plain)));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}
