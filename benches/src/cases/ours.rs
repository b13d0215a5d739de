//! Ours: the one-line root with a policy that does the job and nothing else.

use std::any::Any;

use super::{Case, calls};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            job: "disabled",
            name: "rheostat, empty policy",
            install: empty,
            run: calls::disabled,
        },
        Case {
            job: "counter",
            name: "rheostat counter",
            install: counter,
            run: calls::event,
        },
        Case {
            job: "counter 2 labels",
            name: "rheostat counter, 2 labels",
            install: labelled,
            run: calls::labelled,
        },
        Case {
            job: "histogram",
            name: "rheostat histogram",
            install: histogram,
            run: calls::measured,
        },
        Case {
            job: "span duration",
            name: "rheostat span duration",
            install: duration,
            run: calls::span,
        },
        Case {
            job: "stream",
            name: "rheostat stream",
            install: stream,
            run: calls::record,
        },
    ]
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

fn duration() -> Box<dyn Any> {
    policy(
        "match = { target = 'bench::span' }
         histogram = { metric = 'work_seconds', of = '@duration' }",
    )
}

fn stream() -> Box<dyn Any> {
    policy("match = { target = 'bench::record' }\nstream = { sink = 'void' }")
}

/// Installs the one-line root under a policy with this rule.
fn policy(rule: &str) -> Box<dyn Any> {
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
    let guard = rheostat::builder()
        .policy_text(text)
        .init()
        .expect("the policy applies");
    Box::new(guard)
}
