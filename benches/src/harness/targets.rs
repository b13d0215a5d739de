//! What each job may cost, as a ratio to what was measured beside it, and what a prototype of it needed.

use super::table::{Row, instructions, minimum};

/// One line of the targets.
pub(crate) struct Target {
    /// What it is about.
    pub(crate) what: &'static str,
    /// The case that is held to it.
    case: &'static str,
    bound: Bound,
    /// How many instructions it may need.
    instructions: Option<f64>,
}

/// A bound on the minimum of a case.
enum Bound {
    /// So many times another case.
    Times(&'static str, f64),
    /// Another case and so many nanoseconds.
    Plus(&'static str, f64),
}

const EVENT: &str = "event floor";
const SPAN: &str = "span floor";

/// All of them.
pub(crate) fn all() -> Vec<Target> {
    let times = |what, case, of, factor, instructions| Target {
        what,
        case,
        bound: Bound::Times(of, factor),
        instructions,
    };
    let plus = |what, case, of, more| Target {
        what,
        case,
        bound: Bound::Plus(of, more),
        instructions: None,
    };
    vec![
        times(
            "disabled callsite",
            "rheostat, empty policy",
            "Registry, level info",
            1.05,
            None,
        ),
        plus(
            "callsite that others keep alive, `over`",
            "rheostat over a Registry, empty policy",
            EVENT,
            2.0,
        ),
        times(
            "counter, no labels",
            "rheostat counter",
            EVENT,
            1.25,
            Some(150.0),
        ),
        times(
            "counter, 2 string labels",
            "rheostat counter, 2 labels",
            EVENT,
            4.2,
            Some(430.0),
        ),
        times(
            "counter, Debug and Display labels",
            "rheostat counter, Debug and Display labels",
            EVENT,
            6.5,
            None,
        ),
        times(
            "histogram of a field",
            "rheostat histogram",
            EVENT,
            2.2,
            Some(234.0),
        ),
        times("gauge set", "rheostat gauge", EVENT, 2.0, None),
        plus(
            "span-duration histogram on a Registry",
            "rheostat span duration, over a Registry",
            SPAN,
            25.0,
        ),
        times(
            "span-duration histogram, own subscriber",
            "rheostat span duration",
            SPAN,
            0.6,
            Some(253.0),
        ),
        times(
            "`where` with two comparisons that fail",
            "rheostat where, two comparisons that fail",
            EVENT,
            2.5,
            None,
        ),
        plus(
            "label from the enclosing span",
            "rheostat counter, label of the span",
            "rheostat counter, label of its own",
            8.0,
        ),
        times(
            "stream event, 4 fields, to the ring",
            "rheostat stream",
            EVENT,
            4.5,
            Some(401.0),
        ),
        times(
            "two threads: counter",
            "rheostat counter, two threads",
            "rheostat counter",
            1.3,
            None,
        ),
        times(
            "two threads: counter, 2 labels",
            "rheostat counter, 2 labels, two threads",
            "rheostat counter, 2 labels",
            1.3,
            None,
        ),
        times(
            "two threads: histogram",
            "rheostat histogram, two threads",
            "rheostat histogram",
            1.3,
            None,
        ),
    ]
}

/// The targets with what was reached, as a Markdown table; those whose cases did not run are left out.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut text = String::from(
        "| job | beside | min ns | may take | verdict | instructions | prototype |\n\
         |--|--:|--:|--:|--|--:|--:|\n",
    );
    for target in all() {
        let (of, factor, more, bound) = match target.bound {
            Bound::Times(of, factor) => (of, factor, 0.0, format!("{factor} × {of}")),
            Bound::Plus(of, more) => (of, 1.0, more, format!("{of} + {more} ns")),
        };
        let (Some(reached), Some(beside)) = (minimum(rows, target.case), minimum(rows, of)) else {
            continue;
        };
        let verdict = if reached <= beside * factor + more {
            "holds"
        } else {
            "MISSED"
        };
        let number =
            |number: Option<f64>| number.map_or(String::new(), |count| format!("{count:.0}"));
        let line = format!(
            "| {} | {beside:.1} | {reached:.1} | {bound} | {verdict} | {} | {} |\n",
            target.what,
            number(instructions(rows, target.case)),
            number(target.instructions),
        );
        text.push_str(&line);
    }
    text
}
