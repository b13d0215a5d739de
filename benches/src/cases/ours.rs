//! Ours: the one-line root with a policy that does the job and nothing else.

use std::any::Any;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use super::peers::Plain;
use super::{Case, calls, case, global};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("disabled", "rheostat, empty policy", empty, calls::disabled),
        case("counter", "rheostat counter", counter, calls::event),
        case(
            "counter 2 labels",
            "rheostat counter, 2 labels",
            labelled,
            calls::labelled,
        ),
        case(
            "histogram",
            "rheostat histogram",
            histogram,
            calls::measured,
        ),
        case("gauge", "rheostat gauge", gauge, calls::measured),
        case(
            "counter, formatted labels",
            "rheostat counter, Debug and Display labels",
            formatted,
            calls::formatted,
        ),
        case(
            "where",
            "rheostat where, two comparisons that fail",
            compared,
            calls::compared,
        ),
        case(
            "label from a span",
            "rheostat counter, label of its own",
            inside,
            calls::outside,
        ),
        case(
            "label from a span",
            "rheostat counter, label of the span",
            inside,
            calls::inside,
        ),
        case(
            "span duration",
            "rheostat span duration",
            duration,
            calls::span,
        ),
        case(
            "event",
            "rheostat over a Registry, empty policy",
            over_empty,
            calls::event,
        ),
        case(
            "event",
            "rheostat beside a plain layer, empty policy",
            beside_plain,
            calls::event,
        ),
        case(
            "event",
            "rheostat beside a layer with EnvFilter, empty policy",
            beside_filtered,
            calls::event,
        ),
        case(
            "span duration",
            "rheostat span duration, over a Registry",
            over_duration,
            calls::span,
        ),
        case("stream", "rheostat stream", stream, calls::record),
        case("counter", "", counter, calls::event).on_two_threads("rheostat counter, two threads"),
        case("counter 2 labels", "", labelled, calls::labelled)
            .on_two_threads("rheostat counter, 2 labels, two threads"),
        case("histogram", "", histogram, calls::measured)
            .on_two_threads("rheostat histogram, two threads"),
    ]
}

/// The mount around a Registry.
fn over(rule: &str) -> Box<dyn Any> {
    installed(
        |text| {
            let builder = rheostat::builder().inner(tracing_subscriber::registry());
            builder.policy_text(text).init()
        },
        rule,
    )
}

fn over_empty() -> Box<dyn Any> {
    over("")
}

/// The mount as a layer of somebody else's Registry, beside another one.
fn beside<L>(other: L) -> Box<dyn Any>
where
    L: Layer<Registry> + Send + Sync,
{
    #[expect(
        clippy::expect_used,
        reason = "a bench that cannot install measures nothing"
    )]
    let (layer, guard) = rheostat::builder()
        .policy_text("version = 1")
        .layer()
        .expect("an empty policy applies");
    global(tracing_subscriber::registry().with(other).with(layer));
    guard.installed();
    Box::new(guard)
}

fn beside_plain() -> Box<dyn Any> {
    beside(Plain)
}

fn beside_filtered() -> Box<dyn Any> {
    beside(Plain.with_filter(EnvFilter::new("info")))
}

fn over_duration() -> Box<dyn Any> {
    over(DURATION)
}

fn empty() -> Box<dyn Any> {
    policy("")
}

fn counter() -> Box<dyn Any> {
    policy("match = { target = 'bench::event' }\ncount = { metric = 'events_total' }")
}

fn labelled() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::labelled' }
         count = { metric = 'events_total', labels = ['method', 'route'] }",
    )
}

fn histogram() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::measured' }
         histogram = { metric = 'work_seconds', of = 'seconds' }",
    )
}

fn gauge() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::measured' }
         gauge = { metric = 'work', of = 'seconds' }",
    )
}

fn formatted() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::formatted' }
         count = { metric = 'events_total', labels = ['method', 'route'] }",
    )
}

fn compared() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::compared' }
         where = 'status >= 500 and seconds > 1'
         count = { metric = 'events_total' }",
    )
}

fn inside() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::inside', event = '*' }
         count = { metric = 'events_total', labels = ['route'] }",
    )
}

const DURATION: &str = "match = { target = 'bench::span' }
         histogram = { metric = 'work_seconds', of = '@duration' }";

fn duration() -> Box<dyn Any> {
    policy(DURATION)
}

fn stream() -> Box<dyn Any> {
    policy("match = { target = 'bench::record' }\nstream = { sink = 'void' }")
}

/// Installs the one-line root under a policy with this rule.
fn policy(rule: &str) -> Box<dyn Any> {
    installed(|text| rheostat::builder().policy_text(text).init(), rule)
}

fn installed(
    install: impl FnOnce(String) -> Result<rheostat::Guard, rheostat::InitError>,
    rule: &str,
) -> Box<dyn Any> {
    let rule = if rule.is_empty() {
        String::new()
    } else {
        format!("[[rules]]\n{rule}\n")
    };
    let text = format!("version = 1\n[sinks.void]\ntype = 'file'\npath = '/dev/null'\n{rule}");
    #[expect(
        clippy::expect_used,
        reason = "a bench that cannot install measures nothing"
    )]
    let guard = install(text).expect("the policy applies");
    Box::new(guard)
}
