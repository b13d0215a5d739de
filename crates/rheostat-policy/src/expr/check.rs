//! What a tree can mean: findings that need types, not only grammar.
//!
//! Only what no record could ever satisfy is an error. Fields are of unknown
//! type, so most expressions pass untouched.

use super::quantities;
use super::ty::{Ty, quantity, reads_as, type_of};
use super::{Arithmetic, Comparison, Expr, ExprKind, Literal, Ref, codes};
use crate::literal::shortened;
use crate::place::Place;
use crate::problem::Problem;

/// Reports everything that is wrong with a tree read from `input`.
pub(super) fn check(expr: &Expr, input: &str, condition: bool, problems: &mut Vec<Problem>) {
    let mut check = Check { input, problems };
    if condition {
        check.is_condition(expr, "a condition is due here");
    }
    check.expr(expr);
}

pub(super) struct Check<'c> {
    pub(super) input: &'c str,
    problems: &'c mut Vec<Problem>,
}

impl<'c> Check<'c> {
    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn text(&self, place: Place) -> &'c str {
        self.input.get(place.range()).unwrap_or("")
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Ref(_) | ExprKind::Has(_) => {}
            ExprKind::Pipe(of, transform) => {
                self.expr(of);
                self.transform(of, transform, expr.place);
            }
            ExprKind::Negate(of) => {
                self.expr(of);
                self.is_quantity(of);
            }
            ExprKind::Arithmetic(op, left, right) => {
                self.expr(left);
                self.expr(right);
                if *op == Arithmetic::Subtract && self.dashed_name(expr, left, right) {
                    return;
                }
                self.arithmetic(*op, left, right, expr.place);
            }
            ExprKind::Compare(op, left, right) => {
                self.expr(left);
                self.expr(right);
                self.comparison(*op, left, right, expr.place);
                if matches!(op, Comparison::Equal | Comparison::NotEqual) {
                    self.bare_word(left, right);
                    self.vocabulary(left, right);
                    self.vocabulary(right, left);
                }
            }
            ExprKind::In(of, values) => {
                self.expr(of);
                for value in values {
                    self.expr(value);
                    self.equality(of, value, value.place);
                    self.bare_word(of, value);
                    self.vocabulary(of, value);
                }
            }
            ExprKind::Text(test, left, right) => {
                self.expr(left);
                self.expr(right);
                self.is_text(left, test.as_str());
                self.is_text(right, test.as_str());
            }
            ExprKind::Matches(of, _) => {
                self.expr(of);
                self.is_text(of, "matches");
            }
            ExprKind::Not(of) => {
                self.expr(of);
                self.is_condition(of, "`not` takes a condition");
            }
            ExprKind::And(parts) => self.parts(parts, "`and` joins conditions"),
            ExprKind::Or(parts) => self.parts(parts, "`or` joins conditions"),
        }
    }

    fn parts(&mut self, parts: &[Expr], due: &str) {
        for part in parts {
            self.expr(part);
            self.is_condition(part, due);
        }
    }

    // === conditions ===

    fn is_condition(&mut self, expr: &Expr, due: &str) {
        let ty = type_of(expr);
        if matches!(ty, Ty::Bool | Ty::Unknown) {
            return;
        }
        let found = ty.with_article();
        let problem = Problem::new(
            &codes::NOT_A_CONDITION,
            expr.place,
            format!("{due}, and this is {found}"),
        )
        .label(format!("{found}, neither true nor false"));
        let text = self.text(expr.place);
        let problem = match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) if matches!(&**text, "true" | "false") => {
                problem.fix("remove the quotes", expr.place, &**text)
            }
            ExprKind::Ref(Ref::BuiltIn(_)) => problem.fix(
                "to ask whether there is one, write `has(..)`",
                expr.place,
                format!("has({text})"),
            ),
            _ => problem.help("compare it with something, as in `status >= 500`"),
        };
        self.report(problem);
    }

    // === comparisons ===

    fn comparison(&mut self, op: Comparison, left: &Expr, right: &Expr, place: Place) {
        let ordered = !matches!(op, Comparison::Equal | Comparison::NotEqual);
        if ordered
            && (self.has_no_order(left, op, right, place)
                || self.has_no_order(right, op, left, place))
        {
            return;
        }
        if !self.equality(left, right, place) {
            return;
        }
        let literals = [left, right]
            .iter()
            .all(|side| matches!(side.kind, ExprKind::Literal(_)));
        if literals {
            self.constant_test(left, place);
        }
    }

    fn constant_test(&mut self, left: &Expr, place: Place) {
        let problem = Problem::new(
            &codes::CONSTANT_TEST,
            place,
            "the test compares two literals, so no record changes it",
        )
        .label("the same for every record");
        let problem = match &left.kind {
            ExprKind::Literal(Literal::Text(text)) if super::token::is_bare_name(text) => problem
                .fix(
                    format!("for the field `{text}`, remove the quotes"),
                    left.place,
                    &**text,
                ),
            _ => problem.help("name a field on one side"),
        };
        self.report(problem);
    }

    /// Whether one side of `<` and its kin has no order, which is then reported.
    fn has_no_order(&mut self, side: &Expr, op: Comparison, other: &Expr, place: Place) -> bool {
        let what = match &side.kind {
            ExprKind::Literal(Literal::Text(text)) if reads_as(text) == Ty::Text => "this text",
            _ if type_of(side) == Ty::Bool => "true or false",
            _ => return false,
        };
        let problem = Problem::new(
            &codes::NO_ORDER,
            side.place,
            format!("`{op}` never holds for {what}"),
        )
        .label("neither a number nor a duration");
        let problem = match quantities::levels_meant(side, op, other) {
            Some(levels) => problem
                .fix("name the levels that are meant", place, levels)
                .help("better, say `level` in `match`: it is decided once per callsite"),
            None => problem.help("compare it by `==`, `!=` or `in`"),
        };
        self.report(problem);
        true
    }

    /// Whether two sides can be equal; reports where they never are.
    pub(super) fn equality(&mut self, left: &Expr, right: &Expr, place: Place) -> bool {
        if quantities::comparable(left, right) {
            return true;
        }
        let name = |expr: &Expr| match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) => format!("the text '{}'", shortened(text)),
            _ => type_of(expr).with_article().to_owned(),
        };
        let problem = Problem::new(
            &codes::NEVER_COMPARABLE,
            place,
            format!("{} is never equal to {}", name(left), name(right)),
        )
        .label("can never be compared");
        let text = self.text(right.place).to_owned();
        let text_left = self.text(left.place).to_owned();
        let problem = quantities::repaired(right, &text, left)
            .map(|fix| (fix, right.place))
            .or_else(|| quantities::repaired(left, &text_left, right).map(|fix| (fix, left.place)))
            .map_or_else(
                || problem.clone().help("compare values of one kind"),
                |(fix, place)| problem.clone().fix(format!("write `{fix}`"), place, fix),
            );
        self.report(problem);
        false
    }

    /// `tenant == acme`, where the text may be meant and a field was read.
    fn bare_word(&mut self, left: &Expr, right: &Expr) {
        let ExprKind::Ref(Ref::Name(word)) = &right.kind else {
            return;
        };
        let reads_record = matches!(left.kind, ExprKind::Ref(_) | ExprKind::Pipe(..));
        let text = self.text(right.place);
        if !reads_record || text != &**word || word.contains('.') {
            return;
        }
        let quoted = format!("'{word}'");
        let problem = Problem::new(
            &codes::BARE_WORD,
            right.place,
            format!(
                "`{}` is the name of a field here, not a text",
                shortened(word)
            ),
        )
        .label("compared with the value of this field")
        .fix("for the text, put it in quotes", right.place, quoted)
        .help("if the field is meant, all is well");
        self.report(problem);
    }

    // === texts ===

    fn is_text(&mut self, expr: &Expr, test: &str) {
        let ty = type_of(expr);
        if matches!(ty, Ty::Text | Ty::Unknown) {
            return;
        }
        let found = ty.with_article();
        let problem = Problem::new(
            &codes::NOT_TEXT,
            expr.place,
            format!("`{test}` tests texts, and this is {found}"),
        )
        .label(format!("{found}, never a text"));
        let problem = match &expr.kind {
            ExprKind::Literal(_) => {
                let quoted = format!("'{}'", self.text(expr.place));
                problem.fix("put it in quotes", expr.place, quoted)
            }
            _ => problem.help("compare it by `==`, `<` or `in`"),
        };
        self.report(problem);
    }

    // === names with dashes ===

    /// `a-b` without blanks, which may be the name of one field; true where the types need no second look.
    fn dashed_name(&mut self, expr: &Expr, left: &Expr, right: &Expr) -> bool {
        let ExprKind::Ref(Ref::Name(last)) = &right.kind else {
            return false;
        };
        let begins_with_name =
            matches!(
                &left.kind,
                ExprKind::Ref(Ref::Name(_) | Ref::Own(_) | Ref::OfSpan { .. })
            ) || matches!(&left.kind, ExprKind::Arithmetic(Arithmetic::Subtract, ..));
        let text = self.text(expr.place);
        let looks_like_one = text
            .chars()
            .all(|c| c == '-' || c == '.' || c == '_' || c.is_alphanumeric());
        if !begins_with_name || !looks_like_one || last.is_empty() {
            return false;
        }
        // Of `a-b-c` only the whole is reported: the parts come first.
        self.problems.retain(|problem| {
            problem.code != codes::DASHED_NAME.code
                || problem.place.start < expr.place.start
                || problem.place.end > expr.place.end
        });
        let (dot, name) = match text.strip_prefix('.') {
            Some(name) => (".", name),
            None => ("", text),
        };
        let quoted = format!("{dot}`{name}`");
        let spaced = text.replace('-', " - ");
        let problem = Problem::new(
            &codes::DASHED_NAME,
            expr.place,
            format!(
                "`{}` subtracts; is the field of that name meant?",
                shortened(text)
            ),
        )
        .label("read as a difference")
        .fix("for the field, write it in backticks", expr.place, quoted)
        .fix(
            "for the difference, put spaces around the minus",
            expr.place,
            spaced,
        );
        self.report(problem);
        false
    }

    // === quantities ===

    pub(super) fn is_quantity(&mut self, expr: &Expr) -> bool {
        let ty = quantity(expr);
        if !matches!(ty, Ty::Bool | Ty::Text) {
            return true;
        }
        let found = ty.with_article();
        let problem = Problem::new(
            &codes::NOT_A_QUANTITY,
            expr.place,
            format!("{found} cannot be calculated with"),
        )
        .label("neither a number, a duration nor a size");
        self.report(problem.help("calculate with fields, numbers, durations or sizes"));
        false
    }
}
