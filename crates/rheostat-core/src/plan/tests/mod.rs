//! Plans, by policy text.

mod basics;
