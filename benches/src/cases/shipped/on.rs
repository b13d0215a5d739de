//! One rule that ships every span.

use std::any::Any;

pub(super) fn install() -> Box<dyn Any> {
    let text = "version = 1\n[sinks.spans]\ntype = 'otlp'\npath = '/dev/null'\n\
                [[rules]]\nmatch = { target = 'bench::span', span = '*' }\ntrace = { sink = 'spans' }\n";
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
