//! Expressions: conditions and values, one grammar.
//!
//! Reading goes in three steps: words, a tree, and what the tree can mean.
//! Nothing is evaluated here; places count bytes from the start of the text.

mod arguments;
mod ast;
mod built_ins;
mod check;
pub mod codes;
mod contradiction;
mod display;
mod fold;
mod lex_number;
mod lex_text;
mod lexer;
mod missing;
mod operator_defs;
mod operators;
mod parser;
mod primary;
mod quantities;
mod read;
mod symbols;
#[cfg(test)]
mod tests;
mod token;
mod transforms;
pub mod ty;
mod walk;
mod words;

pub use arguments::compile_regex;
pub use ast::{
    Arithmetic, BuiltIn, Comparison, Expr, ExprKind, Literal, Pattern, Ref, TextTest, Transform,
};
pub use built_ins::{BUILT_INS, BuiltInDef, BuiltInOf};
pub use contradiction::{always_false, always_true, implies};
pub use fold::constant;
pub use operator_defs::{OPERATORS, OperatorDef};
pub use read::{MAX_BYTES, Reading, parse, read, read_condition};
pub use transforms::{ArgumentKind, TRANSFORMS, TransformDef};
pub use ty::{Ty, is_condition, type_of};
pub use walk::{bare_names, built_ins, move_places, refs, visit};
