//! Plans, by policy text.

mod basics;
mod explained;
mod limits;
mod reviewed;
mod spans;
mod turns;
