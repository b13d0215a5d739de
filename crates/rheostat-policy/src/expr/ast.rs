//! Expressions as trees: what a condition or a value of the language says.
//!
//! One grammar serves both: a condition is a value of type bool. The tree is
//! what the parser understood, nothing is evaluated here.

use std::sync::Arc;

use crate::place::Place;

/// One expression and where it stands in the policy text.
///
/// Two expressions are equal when they say the same; the place plays no part.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where it stands.
    pub place: Place,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What an expression says.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// A field or a built-in.
    Ref(Ref),
    /// `value | transform`.
    Pipe(Box<Expr>, Transform),
    /// `- value`.
    Negate(Box<Expr>),
    /// `left + right` and its kin.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `left < right` and its kin.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `value in [a, b]`.
    In(Box<Expr>, Vec<Expr>),
    /// `value contains text` and its kin.
    Text(TextTest, Box<Expr>, Box<Expr>),
    /// `value matches regex`.
    Matches(Box<Expr>, Pattern),
    /// `has(ref)`.
    Has(Ref),
    /// `not condition`.
    Not(Box<Expr>),
    /// `a and b and …`, at least two.
    And(Vec<Expr>),
    /// `a or b or …`, at least two.
    Or(Vec<Expr>),
}

/// A constant of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number; negative ones come from [`ExprKind::Negate`] folded by the parser.
    Integer(i128),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// Quoted text, or `env('NAME')` already resolved.
    Text(Arc<str>),
    /// A duration in nanoseconds.
    Duration(i128),
    /// A size in bytes.
    Size(u64),
}

/// A name for a value that a record may hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ref {
    /// `name`: own field, else that of the nearest enclosing span which has a value.
    Name(Arc<str>),
    /// `.name`: own field only.
    Own(Arc<str>),
    /// `span('request').name`: the nearest enclosing span (or self) of that name.
    OfSpan {
        /// The span's name, exactly.
        span: Arc<str>,
        /// The field's name.
        name: Arc<str>,
    },
    /// `@name`.
    BuiltIn(BuiltIn),
    /// `@since.NAME`; not in this build yet, refused by the check.
    Since(Arc<str>),
}

/// The built-in values. `built_ins` of this module lists them with their text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuiltIn {
    /// `@level`, lower case.
    Level,
    /// `@target`
    Target,
    /// `@module`
    Module,
    /// `@file`
    File,
    /// `@line`
    Line,
    /// `@name`
    Name,
    /// `@kind`: `event`, `span` or `hint`.
    Kind,
    /// `@message`
    Message,
    /// `@thread`
    Thread,
    /// `@time`
    Time,
    /// `@callsite`: `target@file:line`.
    Callsite,
    /// `@trace_id`
    TraceId,
    /// `@span_id`
    SpanId,
    /// `@span`: the name of the `within` span.
    Span,
    /// `@duration`: from open to close.
    Duration,
    /// `@active`: from first enter to last exit.
    Active,
    /// `@busy`: time entered.
    Busy,
    /// `@idle`: time not entered.
    Idle,
    /// `@polls`: how often it was entered.
    Polls,
    /// `@events`: events in it.
    Events,
    /// `@error`
    Error,
    /// `@cpu`; not in this build yet.
    Cpu,
    /// `@alloc_bytes`; not in this build yet.
    AllocBytes,
    /// `@open`: spans open now, gauges only.
    Open,
    /// `@elapsed`: since the `within` span opened.
    Elapsed,
}

/// `+ - * /`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; by zero the result is missing.
    Divide,
}

/// `== != < <= > >=`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`, exactly `not (a == b)`.
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// What it is with its sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            Self::Equal | Self::NotEqual => self,
        }
    }
}

/// A test of one text against another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// `contains`
    Contains,
    /// `starts_with`
    StartsWith,
    /// `ends_with`
    EndsWith,
}

/// A regular expression, compiled while the policy was checked.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// What `value | transform` does.
#[derive(Clone, Debug, PartialEq)]
pub enum Transform {
    /// `lower`
    Lower,
    /// `upper`
    Upper,
    /// `trim`
    Trim,
    /// `unquote`
    Unquote,
    /// `truncate(n)`: at most n characters.
    Truncate(usize),
    /// `before(s)`: what stands before the first `s`; missing without one.
    Before(Arc<str>),
    /// `after(s)`: what stands after the first `s`; missing without one.
    After(Arc<str>),
    /// `last(s)`: what stands after the last `s`; missing without one.
    Last(Arc<str>),
    /// `capture(re)`: the only group; missing without a match.
    Capture(Pattern),
    /// `replace(re, s)`: every match replaced by the text `s` (`$` is not special).
    Replace(Pattern, Arc<str>),
    /// `number`: the leading number.
    Number,
    /// `duration`
    Duration,
    /// `size`
    Size,
    /// `class`: `404` → `4xx`.
    Class,
    /// `hash`: 8 hex digits.
    Hash,
    /// `default(v)`
    Default(Literal),
    /// `unwrap`: `Some(x)` → `x`, `None` → missing.
    Unwrap,
}
