//! What a condition can still be where its rule matches: tests of what a
//! callsite *is* are decided by the selectors, for every kind and level that
//! they leave.
//!
//! Answers are one-sided, as in `reach`: what is decided is certain.

use super::reach::{Choice, Reached, contradiction, covers};
use crate::expr::{
    BuiltIn, Comparison, Expr, ExprKind, Literal, Ref, TextTest, always_false, built_ins, refs,
    visit,
};
use crate::glob::{Glob, GlobKind};
use crate::model::{Kinds, Level, LevelTest, LineTest, Rule, Selector};
use crate::read::words_in;

/// Some of the callsites that a rule matches: one way to match it, one kind, perhaps one level.
pub(crate) struct Site<'r> {
    rule: &'r Rule,
    choice: Choice<'r>,
    kind: Reached,
    level: Option<Level>,
    /// The kind and the level as a selector.
    narrow: Selector,
}

/// How much work all conditions of a policy may make.
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(5_000_000)
    }
}

impl Budget {
    fn spend(&mut self, cost: usize) -> bool {
        let left = self.0.checked_sub(cost);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// Why a condition holds nowhere.
pub(crate) struct Nowhere<'e> {
    /// The tests, all demanded, that fail wherever the rule matches; perhaps none does alone.
    pub(crate) tests: Vec<&'e Expr>,
    /// The words that `@level` and `@kind` can be there.
    levels: Vec<&'static str>,
    kinds: Vec<&'static str>,
}

impl Nowhere<'_> {
    /// What to say of such a test.
    pub(crate) fn why(&self, test: &Expr) -> String {
        match built_ins(test)[..] {
            [BuiltIn::Level] => format!("`@level` is {} here", words_in(&self.levels)),
            [BuiltIn::Kind] => format!("`@kind` is {} here", words_in(&self.kinds)),
            [one] => format!("no `@{}` that the selectors leave passes", one.name()),
            _ => "never holds".to_owned(),
        }
    }

    fn live(&mut self, site: &Site<'_>) {
        for (words, word) in [
            (&mut self.levels, site.level.map(Level::as_str)),
            (&mut self.kinds, Some(site.kind_word())),
        ] {
            words.extend(word.filter(|word| !words.contains(word)));
        }
    }
}

/// Whether the condition holds nowhere that these choices, of these kinds, leave.
pub(crate) fn holds_nowhere<'e>(
    rule: &Rule,
    reached: &[(Choice<'_>, Reached)],
    condition: &'e Expr,
    budget: &mut Budget,
) -> Option<Nowhere<'e>> {
    let about = built_ins(condition);
    if !about.iter().any(|built_in| is_static(*built_in)) {
        return None;
    }
    let mut size = 0;
    visit(condition, &mut |_| size += 1);
    let cost = size * (1 + size.min(256));
    let mut found: Option<Nowhere<'e>> = None;
    for (choice, kinds) in reached {
        for site in sites(rule, choice, *kinds, about.contains(&BuiltIn::Level)) {
            if !budget.spend(cost) {
                return None;
            }
            if site.is_empty() {
                continue;
            }
            if !always_false(&site.simplified(condition)) {
                return None;
            }
            let mut failing = Vec::new();
            site.failing(condition, &mut failing);
            let so_far = found.get_or_insert_with(|| Nowhere {
                tests: failing.clone(),
                levels: Vec::new(),
                kinds: Vec::new(),
            });
            so_far
                .tests
                .retain(|test| failing.iter().any(|other| std::ptr::eq(*test, *other)));
            so_far.live(&site);
        }
    }
    found
}

fn is_static(built_in: BuiltIn) -> bool {
    matches!(
        built_in,
        BuiltIn::Level
            | BuiltIn::Kind
            | BuiltIn::Target
            | BuiltIn::Module
            | BuiltIn::File
            | BuiltIn::Line
            | BuiltIn::Name
            | BuiltIn::Span
    )
}

fn sites<'r>(rule: &'r Rule, choice: &Choice<'r>, kinds: Reached, by_level: bool) -> Vec<Site<'r>> {
    let kinds = match kinds {
        Reached::Both => vec![Reached::Spans, Reached::Events],
        one => vec![one],
    };
    let levels: Vec<Option<Level>> = if by_level {
        Level::ALL.into_iter().map(Some).collect()
    } else {
        vec![None]
    };
    let mut out = Vec::new();
    for kind in kinds {
        for level in &levels {
            let every = || Glob::parse("*", GlobKind::Name).into_iter().collect();
            out.push(Site {
                rule,
                choice: choice.clone(),
                kind,
                level: *level,
                narrow: Selector {
                    kinds: named(kind, every()),
                    level: level.map_or_else(LevelTest::default, |level| LevelTest::of([level])),
                    ..Selector::default()
                },
            });
        }
    }
    out
}

fn named(kind: Reached, names: Vec<Glob>) -> Kinds {
    match kind {
        Reached::Spans => Kinds::Spans(names),
        Reached::Events => Kinds::Events(names),
        Reached::Both => Kinds::Unsaid,
    }
}

impl Site<'_> {
    /// Whether nothing is left here without any condition.
    fn is_empty(&self) -> bool {
        self.leaves_nothing(&Selector::default())
    }

    /// Whether no callsite here passes one more selector.
    fn leaves_nothing(&self, more: &Selector) -> bool {
        let all: Vec<&Selector> = self
            .choice
            .iter()
            .copied()
            .chain([&self.narrow, more])
            .collect();
        contradiction(&all).is_some() || self.rule.excepts.iter().any(|one| covers(one, &all))
    }

    /// The condition with `true` and `false` in place of what is decided here.
    fn simplified(&self, expr: &Expr) -> Expr {
        let kind = match &expr.kind {
            ExprKind::Not(of) => ExprKind::Not(Box::new(self.simplified(of))),
            ExprKind::And(parts) => return self.joined(expr, parts, true, ExprKind::And),
            ExprKind::Or(parts) => return self.joined(expr, parts, false, ExprKind::Or),
            other => match self.decide(expr) {
                Some(holds) => ExprKind::Literal(Literal::Bool(holds)),
                None => other.clone(),
            },
        };
        Expr {
            kind,
            place: expr.place,
        }
    }

    /// `and` and `or` without the parts that decide nothing.
    fn joined(
        &self,
        expr: &Expr,
        parts: &[Expr],
        neutral: bool,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Expr {
        let mut left: Vec<Expr> = parts
            .iter()
            .map(|part| self.simplified(part))
            .filter(|part| part.kind != ExprKind::Literal(Literal::Bool(neutral)))
            .collect();
        let kind = match left.len() {
            0 => ExprKind::Literal(Literal::Bool(neutral)),
            1 => return left.remove(0),
            _ => join(left),
        };
        Expr {
            kind,
            place: expr.place,
        }
    }

    /// The tests, all demanded, that fail here.
    fn failing<'e>(&self, expr: &'e Expr, into: &mut Vec<&'e Expr>) {
        match &expr.kind {
            ExprKind::And(parts) => parts.iter().for_each(|part| self.failing(part, into)),
            _ if always_false(&self.simplified(expr)) => into.push(expr),
            _ => {}
        }
    }

    /// What a test gives here, where that is certain.
    fn decide(&self, test: &Expr) -> Option<bool> {
        let [Ref::BuiltIn(built_in)] = refs(test)[..] else {
            return None;
        };
        if let Some(values) = self.values(*built_in) {
            let mut outcomes = values
                .into_iter()
                .map(|value| outcome(test, *built_in, value));
            let first = outcomes.next()??;
            return outcomes.all(|other| other == Some(first)).then_some(first);
        }
        let (ways, negated) = self.ways(*built_in, test)?;
        let fails = ways.iter().all(|way| match built_in {
            BuiltIn::Span => self.no_such_span(way),
            _ => self.leaves_nothing(way),
        });
        fails.then_some(negated)
    }

    /// All values that a built-in can have here, where they are known.
    fn values(&self, built_in: BuiltIn) -> Option<Vec<Literal>> {
        let text = |word: &str| Literal::Text(word.into());
        let globs: Vec<&[Glob]> = match built_in {
            BuiltIn::Level => return Some(vec![text(self.level?.as_str())]),
            BuiltIn::Kind => return Some(vec![text(self.kind_word())]),
            BuiltIn::Span => return self.span_names(),
            BuiltIn::Target => self.choice.iter().map(|one| &*one.target).collect(),
            BuiltIn::Module => self.choice.iter().map(|one| &*one.module).collect(),
            BuiltIn::Name => self
                .choice
                .iter()
                .map(|one| match &one.kinds {
                    Kinds::Spans(names) | Kinds::Events(names) => &**names,
                    Kinds::Unsaid => &[],
                })
                .collect(),
            _ => return None,
        };
        globs.into_iter().find_map(|globs| {
            let all: Option<Vec<Literal>> =
                globs.iter().map(|glob| glob.literal().map(text)).collect();
            all.filter(|all| !all.is_empty())
        })
    }

    fn kind_word(&self) -> &'static str {
        match self.kind {
            Reached::Spans => "span",
            Reached::Events | Reached::Both => "event",
        }
    }

    /// The names of the span that `within` means, where they are known.
    fn span_names(&self) -> Option<Vec<Literal>> {
        let mut out = Vec::new();
        for one in self.rule.within.last()? {
            let Kinds::Spans(names) = &one.kinds else {
                return None;
            };
            for name in names {
                out.push(Literal::Text(name.literal()?.into()));
            }
        }
        Some(out)
    }

    /// Selectors of which one must hold for the test to hold; or, negated, for it to fail.
    fn ways(&self, built_in: BuiltIn, test: &Expr) -> Option<(Vec<Selector>, bool)> {
        let ways = |op, literal: &Literal| self.way(built_in, op, literal);
        match &test.kind {
            ExprKind::Compare(op, left, right) => {
                let (op, literal) = match (&left.kind, &right.kind) {
                    (ExprKind::Ref(_), ExprKind::Literal(literal)) => (*op, literal),
                    (ExprKind::Literal(literal), ExprKind::Ref(_)) => (op.mirrored(), literal),
                    _ => return None,
                };
                match op {
                    Comparison::NotEqual => Some((ways(Comparison::Equal, literal)?, true)),
                    op => Some((ways(op, literal)?, false)),
                }
            }
            ExprKind::In(of, values) if matches!(of.kind, ExprKind::Ref(_)) => {
                let mut out = Vec::new();
                for value in values {
                    let ExprKind::Literal(literal) = &value.kind else {
                        return None;
                    };
                    out.extend(ways(Comparison::Equal, literal)?);
                }
                Some((out, false))
            }
            ExprKind::Text(test, left, right) => match (&left.kind, &right.kind) {
                (ExprKind::Ref(_), ExprKind::Literal(Literal::Text(part))) => {
                    let glob = containing(*test, part, kind_of(built_in)?)?;
                    Some((vec![self.selecting(built_in, glob)?], false))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn way(&self, built_in: BuiltIn, op: Comparison, literal: &Literal) -> Option<Vec<Selector>> {
        match (built_in, op, literal) {
            (BuiltIn::Line, _, Literal::Integer(number)) => Some(
                lines(op, *number)?
                    .into_iter()
                    .map(|line| Selector {
                        line: vec![line],
                        ..Selector::default()
                    })
                    .collect(),
            ),
            (_, Comparison::Equal, Literal::Text(text)) => {
                let glob = plain(text, kind_of(built_in)?)?;
                Some(vec![self.selecting(built_in, glob)?])
            }
            _ => None,
        }
    }

    fn selecting(&self, built_in: BuiltIn, glob: Glob) -> Option<Selector> {
        let mut out = Selector::default();
        match built_in {
            BuiltIn::Target => out.target = vec![glob],
            BuiltIn::Module => out.module = vec![glob],
            BuiltIn::File => out.file = vec![glob],
            BuiltIn::Name => out.kinds = named(self.kind, vec![glob]),
            BuiltIn::Span => out.kinds = Kinds::Spans(vec![glob]),
            _ => return None,
        }
        Some(out)
    }

    /// Whether the span that `within` means cannot have this name.
    fn no_such_span(&self, named: &Selector) -> bool {
        self.rule.within.last().is_some_and(|list| {
            list.iter()
                .all(|one| contradiction(&[one, named]).is_some())
        })
    }
}

fn kind_of(built_in: BuiltIn) -> Option<GlobKind> {
    match built_in {
        BuiltIn::Target | BuiltIn::Module => Some(GlobKind::Target),
        BuiltIn::File => Some(GlobKind::File),
        BuiltIn::Name | BuiltIn::Span => Some(GlobKind::Name),
        _ => None,
    }
}

/// What a test of one built-in gives for one value of it.
fn outcome(test: &Expr, built_in: BuiltIn, value: Literal) -> Option<bool> {
    let mut known = test.clone();
    let put = |expr: &mut Expr| {
        if expr.kind == ExprKind::Ref(Ref::BuiltIn(built_in)) {
            expr.kind = ExprKind::Literal(value.clone());
        }
    };
    match &mut known.kind {
        ExprKind::Compare(_, left, right) | ExprKind::Text(_, left, right) => {
            put(left);
            put(right);
        }
        ExprKind::In(of, values) => {
            put(of);
            values.iter_mut().for_each(put);
        }
        ExprKind::Matches(of, _) => put(of),
        _ => return None,
    }
    match crate::expr::constant(&known)? {
        Literal::Bool(holds) => Some(holds),
        _ => None,
    }
}

/// The glob that accepts nothing but this text (and, of a file, paths that end so).
fn plain(text: &str, kind: GlobKind) -> Option<Glob> {
    if text.contains(SPECIAL) {
        return None;
    }
    Glob::parse(text, kind).ok()
}

/// What has a meaning in a glob, or another spelling in a path.
const SPECIAL: [char; 6] = ['*', '{', '}', ',', '\\', '!'];

/// A glob that accepts every text which passes the test.
fn containing(test: TextTest, part: &str, kind: GlobKind) -> Option<Glob> {
    if part.is_empty() || part.contains(SPECIAL) {
        return None;
    }
    // Where colons meet the part, a target may be cut elsewhere.
    let loose_end = part.starts_with(':') || (part.ends_with(':') && test == TextTest::Contains);
    let text = match (kind, test) {
        (GlobKind::Name, TextTest::StartsWith) => format!("{part}*"),
        (GlobKind::Name, TextTest::EndsWith) => format!("*{part}"),
        (GlobKind::Name, TextTest::Contains) => format!("*{part}*"),
        (GlobKind::Target, _) if loose_end => return None,
        (GlobKind::Target, TextTest::StartsWith) => format!("{part}*::**"),
        (GlobKind::Target, TextTest::EndsWith) => format!("**::*{part}"),
        (GlobKind::Target, TextTest::Contains) => format!("**::*{part}*::**"),
        (GlobKind::File | GlobKind::Field, _) => return None,
    };
    Glob::parse(&text, kind).ok()
}

/// The lines that pass a comparison with a number; empty where none does.
fn lines(op: Comparison, number: i128) -> Option<Vec<LineTest>> {
    let (first, last) = match op {
        Comparison::Equal => (number, number),
        Comparison::Less => (0, number.saturating_sub(1)),
        Comparison::AtMost => (0, number),
        Comparison::Greater => (number.saturating_add(1), i128::from(u32::MAX)),
        Comparison::AtLeast => (number, i128::from(u32::MAX)),
        Comparison::NotEqual => return None,
    };
    let (first, last) = (first.max(0), last.min(i128::from(u32::MAX)));
    match (u32::try_from(first), u32::try_from(last)) {
        (Ok(first), Ok(last)) if first <= last => Some(vec![LineTest { first, last }]),
        _ => Some(Vec::new()),
    }
}
