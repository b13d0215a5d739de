//! The parser: from words to a tree, by recursive descent.
//!
//! One method per precedence, the weakest first. A mistake that has an obvious
//! meaning is reported and read that way; any other ends the reading. Depth is
//! counted twice: of the reading (parentheses) and of the tree (chains), since
//! either would exhaust the stack.

use super::token::{Token, TokenKind, Word};
use super::{Arithmetic, Expr, ExprKind, Literal, Ref, codes, operators};
use crate::environment::Environment;
use crate::place::Place;
use crate::problem::Problem;

/// How deep parentheses, and trees, may nest.
pub(super) const MAX_DEPTH: u32 = 64;

/// A tree and how deep it is.
pub(super) struct Node {
    pub(super) expr: Expr,
    depth: u32,
}

/// Reading cannot go on; the reason was reported.
pub(super) struct Stop;

pub(super) type Parsed<T = Node> = Result<T, Stop>;

pub(super) struct Parser<'p> {
    pub(super) input: &'p str,
    pub(super) env: &'p dyn Environment,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) problems: Vec<Problem>,
    open: u32,
}

impl<'p> Parser<'p> {
    pub(super) fn new(input: &'p str, env: &'p dyn Environment, tokens: Vec<Token>) -> Self {
        Self {
            input,
            env,
            tokens,
            at: 0,
            problems: Vec::new(),
            open: 0,
        }
    }

    /// Reads the whole text as one expression.
    pub(super) fn whole(&mut self) -> Parsed<Expr> {
        let node = self.any()?;
        if *self.peek() != TokenKind::End {
            return Err(self.trailing(&node.expr));
        }
        Ok(node.expr)
    }

    // === words ===

    pub(super) fn peek(&self) -> &TokenKind {
        &self.token().kind
    }

    pub(super) fn peek_second(&self) -> &TokenKind {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + 1).min(last)].kind
    }

    /// The next word; the end repeats for ever.
    pub(super) fn token(&self) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[self.at.min(last)]
    }

    pub(super) fn place(&self) -> Place {
        self.token().place
    }

    /// Where the last word that was taken stands.
    pub(super) fn last_place(&self) -> Place {
        let last = self.tokens.len() - 1;
        self.tokens[self.at.saturating_sub(1).min(last)].place
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.token().clone();
        self.at += 1;
        token
    }

    /// Takes the next word if it is this one.
    pub(super) fn take(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.at += 1;
        }
        found
    }

    /// Reads the next word as another one from now on.
    pub(super) fn reread(&mut self, kind: TokenKind) {
        let last = self.tokens.len() - 1;
        self.tokens[self.at.min(last)].kind = kind;
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn stop(&mut self, problem: Problem) -> Stop {
        self.problems.push(problem);
        Stop
    }

    pub(super) fn text(&self, place: Place) -> &'p str {
        self.input.get(place.range()).unwrap_or("")
    }

    // === depth ===

    fn too_deep(&mut self, place: Place) -> Stop {
        self.stop(
            Problem::new(
                &codes::TOO_DEEP,
                place,
                format!("the expression nests more than {MAX_DEPTH} deep"),
            )
            .label("too deep from here on")
            .help("split it into several rules, or join the parts by `and` and `or`"),
        )
    }

    /// Runs one method a level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.open >= MAX_DEPTH {
            let place = self.place();
            return Err(self.too_deep(place));
        }
        self.open += 1;
        let result = read(self);
        self.open -= 1;
        result
    }

    /// A tree over others.
    pub(super) fn node(&mut self, kind: ExprKind, place: Place, under: u32) -> Parsed {
        if under >= MAX_DEPTH {
            return Err(self.too_deep(place));
        }
        Ok(Node {
            expr: Expr { kind, place },
            depth: under + 1,
        })
    }

    pub(super) fn leaf(kind: ExprKind, place: Place) -> Node {
        Node {
            expr: Expr { kind, place },
            depth: 1,
        }
    }

    /// Stands for what was already reported: a value of any type.
    pub(super) fn broken(place: Place) -> Node {
        Self::leaf(ExprKind::Ref(Ref::Name("".into())), place)
    }

    // === precedence, the weakest first ===

    /// `a or b`
    pub(super) fn any(&mut self) -> Parsed {
        self.joined(Word::Or, Self::all, ExprKind::Or)
    }

    /// `a and b`
    fn all(&mut self) -> Parsed {
        self.joined(Word::And, Self::negated, ExprKind::And)
    }

    fn joined(
        &mut self,
        word: Word,
        part: fn(&mut Self) -> Parsed,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Parsed {
        let first = part(self)?;
        if *self.peek() != TokenKind::Word(word) {
            return Ok(first);
        }
        let mut depth = first.depth;
        let mut parts = vec![first.expr];
        while self.take(&TokenKind::Word(word)) {
            let next = part(self)?;
            depth = depth.max(next.depth);
            parts.push(next.expr);
        }
        let place = span(&parts[0], &parts[parts.len() - 1]);
        self.node(join(parts), place, depth)
    }

    /// `not a`
    fn negated(&mut self) -> Parsed {
        let start = self.place();
        if !self.take(&TokenKind::Word(Word::Not)) {
            return self.compared();
        }
        let of = self.deeper(Self::negated)?;
        let place = joined_places(start, of.expr.place);
        self.node(ExprKind::Not(Box::new(of.expr)), place, of.depth)
    }

    /// `a < b`, `a in [..]`, `a contains b`
    fn compared(&mut self) -> Parsed {
        let left = self.sum()?;
        self.settle_operator(&left.expr)?;
        if !operators::compares(self.peek()) {
            return Ok(left);
        }
        let first_operator = self.place();
        let node = self.comparison(left)?;
        self.settle_operator(&node.expr)?;
        if !operators::compares(self.peek()) {
            return Ok(node);
        }
        self.chained(node, first_operator)
    }

    /// One comparison, its left side read.
    pub(super) fn comparison(&mut self, left: Node) -> Parsed {
        let operator = self.advance();
        let (start, depth) = (left.expr.place, left.depth);
        let left = Box::new(left.expr);
        let (kind, under) = match operator.kind {
            TokenKind::Compare(op) => {
                if self.compares_with_null(op, &left) {
                    return Ok(Self::broken(joined_places(start, self.last_place())));
                }
                let right = self.operand()?;
                let under = right.depth;
                (ExprKind::Compare(op, left, Box::new(right.expr)), under)
            }
            TokenKind::Word(Word::In) => {
                let (values, under) = self.list()?;
                (ExprKind::In(left, values), under)
            }
            TokenKind::Word(Word::Matches) => {
                let right = self.operand()?;
                match self.pattern(&right.expr) {
                    Some(pattern) => (ExprKind::Matches(left, pattern), 1),
                    None => return Ok(Self::broken(joined_places(start, self.last_place()))),
                }
            }
            ref kind => {
                let test = operators::text_test(kind);
                let right = self.operand()?;
                let under = right.depth;
                (ExprKind::Text(test, left, Box::new(right.expr)), under)
            }
        };
        let place = joined_places(start, self.last_place());
        self.node(kind, place, depth.max(under))
    }

    /// `a + b`
    pub(super) fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let op = match self.peek() {
                TokenKind::Plus => Arithmetic::Add,
                TokenKind::Minus => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            left = self.arithmetic(op, left, right)?;
        }
    }

    /// `a * b`
    fn product(&mut self) -> Parsed {
        let mut left = self.signed()?;
        loop {
            let op = match self.peek() {
                TokenKind::Star => Arithmetic::Multiply,
                TokenKind::Slash => Arithmetic::Divide,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.signed()?;
            left = self.arithmetic(op, left, right)?;
        }
    }

    fn arithmetic(&mut self, op: Arithmetic, left: Node, right: Node) -> Parsed {
        let place = span(&left.expr, &right.expr);
        let under = left.depth.max(right.depth);
        let (left, right) = (Box::new(left.expr), Box::new(right.expr));
        self.node(ExprKind::Arithmetic(op, left, right), place, under)
    }

    /// `-a`
    fn signed(&mut self) -> Parsed {
        let start = self.place();
        if *self.peek() == TokenKind::Plus {
            self.needless_plus();
            return self.deeper(Self::signed);
        }
        if !self.take(&TokenKind::Minus) {
            return self.piped();
        }
        let of = self.deeper(Self::signed)?;
        let place = joined_places(start, of.expr.place);
        match negative(&of.expr) {
            Some(literal) => Ok(Self::leaf(ExprKind::Literal(literal), place)),
            None => self.node(ExprKind::Negate(Box::new(of.expr)), place, of.depth),
        }
    }

    /// `a | lower`
    fn piped(&mut self) -> Parsed {
        let mut of = self.value()?;
        while self.take(&TokenKind::Bar) {
            let transform = self.transform(&of.expr)?;
            let place = joined_places(of.expr.place, self.last_place());
            let under = of.depth;
            of = match transform {
                Some(transform) => {
                    self.node(ExprKind::Pipe(Box::new(of.expr), transform), place, under)?
                }
                None => Self::broken(place),
            };
        }
        Ok(of)
    }

    /// `[a, b]`
    fn list(&mut self) -> Parsed<(Vec<Expr>, u32)> {
        let start = self.place();
        let close = match self.peek() {
            TokenKind::ListOpen => TokenKind::ListClose,
            TokenKind::Open => TokenKind::Close,
            _ => return self.list_without_brackets(),
        };
        self.at += 1;
        let mut values = Vec::new();
        let mut depth = 0;
        while *self.peek() != close {
            let value = self.deeper(Self::any)?;
            depth = depth.max(value.depth);
            values.push(value.expr);
            if !self.take(&TokenKind::Comma) {
                break;
            }
        }
        self.close(&close, start)?;
        let place = joined_places(start, self.last_place());
        self.judge_list(place, close == TokenKind::Close, values.is_empty());
        Ok((values, depth))
    }

    /// `in 5`
    fn list_without_brackets(&mut self) -> Parsed<(Vec<Expr>, u32)> {
        let value = self.operand()?;
        self.missing_brackets(&value.expr);
        Ok((vec![value.expr], value.depth))
    }
}

/// A number or a duration with its sign turned, if the tree is one.
fn negative(expr: &Expr) -> Option<Literal> {
    let ExprKind::Literal(literal) = &expr.kind else {
        return None;
    };
    match literal {
        Literal::Integer(integer) => integer.checked_neg().map(Literal::Integer),
        Literal::Float(float) => Some(Literal::Float(-float)),
        Literal::Duration(nanos) => nanos.checked_neg().map(Literal::Duration),
        Literal::Bool(_) | Literal::Text(_) | Literal::Size(_) => None,
    }
}

pub(super) fn span(first: &Expr, last: &Expr) -> Place {
    joined_places(first.place, last.place)
}

pub(super) fn joined_places(first: Place, last: Place) -> Place {
    Place {
        start: first.start,
        end: last.end.max(first.end),
    }
}
