//! What one callsite does under one policy.

use std::marker::PhantomData;

/// Compiles an output's values for one callsite.
#[derive(Debug)]
pub struct Planner<'a> {
    _borrows: PhantomData<&'a ()>,
}
