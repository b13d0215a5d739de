//! Expressions: conditions and values, one grammar.

mod ast;

pub use ast::{
    Arithmetic, BuiltIn, Comparison, Expr, ExprKind, Literal, Pattern, Ref, TextTest, Transform,
};
