//! Storage with one writer per cell.
//!
//! A thread that records leases a *number* once ([`lease`]). Every registry has a
//! fixed count of *banks* ([`Banks`](cells::Banks)), and the thread writes only the bank of its
//! number, with plain loads and stores. Threads without a bank of their own share
//! the last one, with atomic adds. A reader sums over the banks; what a thread
//! wrote stays where it is when the thread ends, and its successor counts on.
//!
//! ```text
//!             bank 0      bank 1      bank 2      shared
//! cell 17      +5           ·          +2          +1       a series reads 8
//!           thread A      nobody    thread C    everyone else
//! ```

mod cells;
mod lease;
mod space;
mod storage;

#[cfg(all(test, loom))]
pub(crate) use cells::Banks;
pub(crate) use cells::{Lane, Own, Writer};
#[cfg(all(test, loom))]
pub(crate) use lease::Leases;
pub(crate) use lease::{NUMBERS, number};
pub(crate) use space::{Cell, Cells};
pub(crate) use storage::Storage;
