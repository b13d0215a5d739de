//! The typed values of keys that a vocabulary defines.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Level;
use crate::expr::{Expr, Ref};
use crate::glob::Glob;

/// Typed values by key. A key that was absent and has no default is not here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args(pub(crate) BTreeMap<&'static str, Arg>);

/// One typed value; the variant follows from the key's `Type`.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// `Bool`, and the `false` of `OrFalse`.
    Bool(bool),
    /// `Text`, `Choice`, `Path`, `Address`, `Url`.
    Text(Arc<str>),
    /// `Integer`
    Integer(i64),
    /// `Float`, `Ratio`, and `Rate` per second.
    Float(f64),
    /// `Duration`
    Duration(Duration),
    /// `Size`
    Size(u64),
    /// `Level`
    Level(Level),
    /// `Value` and `Condition`
    Expr(Expr),
    /// `Values`
    Exprs(Vec<Expr>),
    /// `Template`
    Template(Template),
    /// `FieldGlobs`
    Globs(Vec<Glob>),
    /// `TextMap`
    Map(Vec<(Arc<str>, Arc<str>)>),
    /// `Secret`
    Secret(Secret),
    /// `Table`
    Table(Args),
    /// `List` and `OneOrMany`
    List(Vec<Arg>),
    /// `Named`, in the order of the text
    Named(Vec<(Arc<str>, Arg)>),
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $variant:ident => $ty:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, key: &str) -> Option<&$ty> {
            match self.0.get(key) {
                Some(Arg::$variant(value)) => Some(value),
                _ => None,
            }
        }
    )*};
}

impl Args {
    getters! {
        /// A `Bool`.
        bool: Bool => bool;
        /// A `Text`, `Choice`, `Path`, `Address` or `Url`.
        text: Text => Arc<str>;
        /// An `Integer`.
        integer: Integer => i64;
        /// A `Float`, `Ratio` or `Rate` (per second).
        float: Float => f64;
        /// A `Duration`.
        duration: Duration => Duration;
        /// A `Size`.
        size: Size => u64;
        /// A `Level`.
        level: Level => Level;
        /// A `Value` or `Condition`.
        expr: Expr => Expr;
        /// `Values`.
        exprs: Exprs => Vec<Expr>;
        /// A `Template`.
        template: Template => Template;
        /// `FieldGlobs`.
        globs: Globs => Vec<Glob>;
        /// A `TextMap`.
        map: Map => Vec<(Arc<str>, Arc<str>)>;
        /// A `Secret`.
        secret: Secret => Secret;
        /// A `Table`.
        table: Table => Self;
        /// A `List` or `OneOrMany`.
        list: List => Vec<Arg>;
        /// A `Named`.
        named: Named => Vec<(Arc<str>, Arg)>;
    }

    /// All values, in order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Arg> {
        self.0.values()
    }

    /// The value at a key, whatever its type.
    pub fn get(&self, key: &str) -> Option<&Arg> {
        self.0.get(key)
    }
}

/// A secret, already read. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself; only a client's request may hold it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<secret>")
    }
}

/// Text with holes: `"{method} {route}"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(pub Vec<TemplatePart>);

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePart {
    /// Text as it stands.
    Text(Arc<str>),
    /// The value of a ref.
    Hole(Ref),
}
