//! T15: a span's extensions are one lock that is not re-entrant, so nothing of the program's runs under it: a
//! `Debug` that asks for contexts, records, logs and opens spans while a span is made of it holds nothing up.

mod support;

use std::fmt;
use std::sync::mpsc::channel;
use std::time::Duration;

use support::World;
use tracing::field::Empty;
use tracing::{Span, info, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Does to the spans around it, while it is formatted, all that a program can do.
struct Nosy(Span);

impl fmt::Debug for Nosy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for span in [self.0.clone(), Span::current()] {
            let _context = span.context();
            span.set_attribute("seen", true);
            span.record("late", "from a Debug");
            span.in_scope(|| info!("from a Debug"));
        }
        drop(info_span!("made by a Debug"));
        f.write_str("nosy")
    }
}

#[test]
fn a_debug_that_looks_at_spans_does_not_deadlock() {
    let (done, ended) = channel();
    let looks = std::thread::spawn(move || {
        let world = World::new();
        world.run(|| {
            world.apply(
                "[[rules]]\nname = \"ship\"\nmatch = { span = \"*\" }\ntrace = { sink = \"file\" }\n",
            );
            let outer = info_span!("outer", late = Empty);
            let _entered = outer.enter();
            let nosy = Nosy(outer.clone());
            // At open, inside a span, in an event, and when recorded later.
            let inner = info_span!("inner", ?nosy, late = Empty);
            inner.in_scope(|| info!(?nosy, "event"));
            inner.record("late", tracing::field::debug(&nosy));
        });
        let names: Vec<String> = world
            .spans()
            .iter()
            .map(|span| span["name"].as_str().expect("a name").to_owned())
            .collect();
        done.send(names).expect("the test waits");
    });
    let names = ended.recv_timeout(Duration::from_secs(30));
    let names = names.expect("nothing waits for itself");
    looks.join().expect("it does not panic");
    assert!(names.contains(&"outer".to_owned()) && names.contains(&"inner".to_owned()));
}
