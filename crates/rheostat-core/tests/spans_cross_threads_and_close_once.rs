//! Spans are made on one thread, entered and recorded on others, and closed on yet another, while
//! their fields are read: every one closes once, with what was recorded, and nothing stays behind.

mod common;

use std::sync::mpsc::sync_channel;

use common::everywhere;

const POLICY: &str = r#"
    [[rules]]
    name = "span"
    match = { target = "app", span = "job" }
    count = { metric = "jobs_total", labels = ["n", "result"] }
    [[rules]]
    name = "step"
    match = { target = "app", event = "*" }
    count = { metric = "steps_total", labels = ["n", "same"] }
"#;

const JOBS: u64 = 2_000;

#[test]
fn spans_cross_threads_and_close_once() {
    everywhere("spans_cross_threads_and_close_once", |case, world| {
        world.apply(POLICY);
        let dispatch = tracing::Dispatch::default();
        let (made, to_work) = sync_channel(64);
        let (worked, to_close) = sync_channel(64);
        std::thread::scope(|scope| {
            let on_thread = |run: Box<dyn FnOnce() + Send>| {
                let dispatch = dispatch.clone();
                scope.spawn(move || match case.global {
                    true => run(),
                    false => tracing::dispatcher::with_default(&dispatch, run),
                });
            };
            on_thread(Box::new(move || {
                for n in 0..JOBS {
                    let result = tracing::field::Empty;
                    let span = tracing::info_span!(target: "app", "job", n, result);
                    made.send((n, span)).expect("the worker listens");
                }
            }));
            on_thread(Box::new(move || {
                for (n, span) in to_work {
                    span.in_scope(|| tracing::info!(target: "app", same = n));
                    span.record("result", n * 2);
                    worked.send(span).expect("the closer listens");
                }
            }));
            on_thread(Box::new(move || to_close.into_iter().for_each(drop)));
        });
        let heard = world.heard();
        assert_eq!(heard.len() as u64, 2 * JOBS);
        let mut heard: Vec<_> = heard.iter().map(String::as_str).collect();
        heard.sort_unstable();
        heard.dedup();
        assert_eq!(heard.len() as u64, 2 * JOBS, "each is different");
        for n in 0..JOBS {
            let step = format!("step n={n} same={n}");
            let span = format!("span close n={n} result={}", n * 2);
            assert!(heard.binary_search(&step.as_str()).is_ok(), "{step}");
            assert!(heard.binary_search(&span.as_str()).is_ok(), "{span}");
        }
        assert_eq!(world.status().open_spans, 0);
    });
}
