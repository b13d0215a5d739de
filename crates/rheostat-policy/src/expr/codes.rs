//! The codes of everything below the level of the file: expressions, literals, globs.
//!
//! RH200 to RH219 speak of words, RH220 to RH249 of grammar, RH250 to RH259 and
//! from RH280 of meaning, RH260 to RH279 of literals and globs.

mod below;
mod grammar;
mod lexing;
mod meaning;

use crate::codes::Code;

pub use below::*;
pub use grammar::*;
pub use lexing::*;
pub use meaning::*;

/// All of them, in order.
pub const TABLES: [&[Code]; 4] = [lexing::TABLE, grammar::TABLE, meaning::TABLE, below::TABLE];
