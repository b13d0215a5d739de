//! What the shop's tests share.
#![allow(dead_code, reason = "each test file uses the parts it needs")]

pub(crate) mod expected;
