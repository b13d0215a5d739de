//! One record as outputs see it: captured values, verdicts, enclosing spans.

use std::marker::PhantomData;

/// What fired, with the verdict on every step of its callsite's plan.
#[derive(Debug)]
pub struct Record<'a> {
    _borrows: PhantomData<&'a ()>,
}
