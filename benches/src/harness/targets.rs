//! What each job may cost, as a ratio to what was measured beside it, and what a prototype of it needed.

use std::fmt::{self, Write as _};

use super::profile;
use super::table::{self, Row, instructions, minimum};

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
    /// One of so many parts of another case.
    Share(&'static str, f64),
    /// As many a second on one thread.
    MillionsASecond(f64),
    /// Beside another case; nothing is aimed at.
    Shown(&'static str),
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
    let bare = |what, case, bound| Target {
        what,
        case,
        bound,
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
        bare(
            "the same, as a layer beside a plain one",
            "rheostat beside a plain layer, empty policy",
            Bound::Shown("a plain layer"),
        ),
        bare(
            "the same, as a layer beside one with EnvFilter",
            "rheostat beside a layer with EnvFilter, empty policy",
            Bound::Shown("a layer with EnvFilter"),
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
        bare(
            "the same: one producer",
            "rheostat stream",
            Bound::MillionsASecond(25.0),
        ),
        bare(
            "span shipped to OTLP, on the caller's thread",
            "rheostat span shipped to OTLP",
            Bound::Share("tracing-opentelemetry span layer", 8.0),
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

/// The targets with what was reached, as a Markdown table; those whose cases did not run are left out. Where a case
/// missed its target, its dearest functions are named below, if `profiles` are wanted.
///
/// # Errors
///
/// A case that could not be profiled.
pub(crate) fn render(rows: &[Row], profiles: bool) -> Result<String, String> {
    let mut text = String::from(
        "| job | beside | min ns | may take | verdict | instructions | prototype |\n\
         |--|--:|--:|--:|--|--:|--:|\n",
    );
    let mut missed = String::new();
    for target in all() {
        let (Some(beside), Some(reached)) =
            (minimum(rows, target.bound.of()), minimum(rows, target.case))
        else {
            continue;
        };
        let holds = target.bound.holds(beside, reached);
        let verdict = match holds {
            None => "shown",
            Some(true) => "holds",
            Some(false) => "MISSED",
        };
        let number =
            |number: Option<f64>| number.map_or(String::new(), |count| format!("{count:.0}"));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {beside:.1} | {reached:.1} | {} | {verdict} | {} | {} |",
            target.what,
            target.bound,
            number(instructions(rows, target.case)),
            number(target.instructions),
        );
        if profiles && holds == Some(false) {
            let program = table::program(rows, target.case);
            let top = profile::of(target.case, program)?.join(", ");
            let _ = writeln!(
                missed,
                "- {}: {:.2} × {}; {top}",
                target.what,
                reached / beside,
                target.bound.of()
            );
        }
    }
    if !missed.is_empty() {
        text.push_str("\nMissed, with what was reached and the dearest functions of it:\n\n");
        text.push_str(&missed);
    }
    Ok(text)
}

impl Bound {
    /// The case beside which it stands.
    fn of(&self) -> &'static str {
        match self {
            Self::Times(of, _) | Self::Plus(of, _) | Self::Shown(of) | Self::Share(of, _) => of,
            Self::MillionsASecond(_) => EVENT,
        }
    }

    /// Whether it holds; `None` where nothing is aimed at.
    fn holds(&self, beside: f64, reached: f64) -> Option<bool> {
        match self {
            Self::Times(_, factor) => Some(reached <= beside * factor),
            Self::Plus(_, more) => Some(reached <= beside + more),
            Self::Share(_, share) => Some(reached * share <= beside),
            Self::MillionsASecond(least) => Some(1e3 / reached >= *least),
            Self::Shown(_) => None,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(of, factor) => write!(f, "{factor} × {of}"),
            Self::Plus(of, more) => write!(f, "{of} + {more} ns"),
            Self::Share(of, share) => write!(f, "1/{share} of {of}"),
            Self::MillionsASecond(least) => write!(f, "≥ {least} M events a second"),
            Self::Shown(of) => write!(f, "beside {of}"),
        }
    }
}
