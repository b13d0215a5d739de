//! Plans, by policy text.

mod basics;
mod explained;
mod limits;
mod spans;
mod turns;
